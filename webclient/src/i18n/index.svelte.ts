// The language of the page. English is always there, the others are loaded
// when they are chosen.
import { IntlMessageFormat } from "intl-messageformat";
import { languages, locales, nearest, parts, type Catalogue, type Key, type Language, type Part } from "./catalogue";
import { en } from "./en";
import { Format } from "./format";

const STORED = "callstamp.language";

type Values = Record<string, string | number>;

class I18n {
  language = $state<Language>("en");
  #catalogue = $state.raw<Catalogue>(en);
  #compiled = new Map<Key, IntlMessageFormat>();
  /** Numbers, durations and dates in this language. */
  readonly format = $derived(new Format(locales[this.language], this.#catalogue));

  /** The stored choice, else the person's own language, else the browser's. */
  async begin(own: string | undefined): Promise<void> {
    const stored = languages.find((language) => language === localStorage.getItem(STORED));
    await this.#use(stored ?? nearest(own ?? navigator.language));
  }

  async choose(language: Language): Promise<void> {
    localStorage.setItem(STORED, language);
    await this.#use(language);
  }

  t(key: Key, values?: Values): string {
    const message = this.#catalogue[key];
    if (values === undefined) return message;
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      compiled = new IntlMessageFormat(message, locales[this.language], undefined, { ignoreTag: true });
      this.#compiled.set(key, compiled);
    }
    return String(compiled.format(values));
  }

  rich(key: Key, values?: Values): Part[] {
    return parts(this.t(key, values));
  }

  /** The name of something that the server calls by a word we may not know. */
  word(prefix: string, word: string, values?: Values): string {
    const key = `${prefix}${word}`;
    return key in this.#catalogue ? this.t(key as Key, values) : word;
  }

  async #use(language: Language): Promise<void> {
    const catalogue = await load(language);
    this.#compiled.clear();
    this.#catalogue = catalogue;
    this.language = language;
    document.documentElement.lang = language;
  }
}

async function load(language: Language): Promise<Catalogue> {
  if (language === "vi") return (await import("./vi")).vi;
  if (language === "zh-Hant") return (await import("./zh-Hant")).zhHant;
  return en;
}

export const i18n = new I18n();
export const t = (key: Key, values?: Values): string => i18n.t(key, values);
