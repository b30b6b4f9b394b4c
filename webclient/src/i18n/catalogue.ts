import type { en } from "./en";

export type Key = keyof typeof en;
/** All messages of one language: a missing or a surplus key does not compile. */
export type Catalogue = Record<Key, string>;

export const languages = ["en", "vi", "zh-Hant"] as const;
export type Language = (typeof languages)[number];

/** Each language in its own words. */
export const languageNames: Record<Language, string> = {
  en: "English",
  vi: "Tiếng Việt",
  "zh-Hant": "繁體中文",
};

/** Where numbers and dates come from: 21 Nov 2026, 21/11/2026, 2026/11/21. */
export const locales: Record<Language, string> = { en: "en-GB", vi: "vi-VN", "zh-Hant": "zh-Hant-TW" };

/** The nearest of our languages for a tag such as "zh-TW" or "vi-VN". */
export function nearest(tag: string): Language {
  const lower = tag.toLowerCase();
  if (lower.startsWith("vi")) return "vi";
  if (lower.startsWith("zh")) return "zh-Hant";
  return "en";
}

/** A message in two kinds of parts: <b>…</b> is strong. */
export interface Part {
  text: string;
  strong: boolean;
}

export function parts(message: string): Part[] {
  return message
    .split(/<b>(.*?)<\/b>/)
    .map((text, i) => ({ text, strong: i % 2 === 1 }))
    .filter((part) => part.text !== "");
}
