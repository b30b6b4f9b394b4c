// When a number is old, in µs: never a frozen green.
export const OLD = 3_000_000;
export const STALE = 10_000_000;
