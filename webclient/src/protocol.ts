export * from "./protocol/desk";
export * from "./protocol/live";
export * from "./protocol/page";
export * from "./protocol/parts";
export * from "./protocol/report";
