// Telephone numbers in the groups of their country. The rules are large and
// arrive a moment after the page; until then the number stands as it is.
import type { CountryCode, PhoneNumber } from "libphonenumber-js/min";

type Parse = (text: string) => PhoneNumber | undefined;

class Numbers {
  #parse = $state.raw<Parse | null>(null);

  constructor() {
    void import("libphonenumber-js/min").then((rules) => {
      this.#parse = (text) => rules.parsePhoneNumberFromString(text);
    });
  }

  /** +842855500146 → +84 28 5550 0146 */
  grouped(number: string): string {
    return this.#parse?.(number)?.formatInternational() ?? number;
  }

  /** The country, in the page's language; "" when it is not known. */
  country(number: string, language: string): string {
    const code: CountryCode | undefined = this.#parse?.(number)?.country;
    return code === undefined ? "" : (new Intl.DisplayNames(language, { type: "region" }).of(code) ?? "");
  }
}

export const numbers = new Numbers();
