import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import type { Catalogue } from "./catalogue";
import { en } from "./en";
import { vi } from "./vi";
import { zhHant } from "./zh-Hant";

type Elements = ReturnType<IntlMessageFormat["getAst"]>;

/** The names of a message's arguments, through its plurals. */
function names(elements: Elements): string[] {
  return elements.flatMap((element) => {
    if ("options" in element && element.options) {
      return [element.value, ...Object.values(element.options).flatMap((option) => names(option.value))];
    }
    return element.type === 1 ? [element.value] : []; // TYPE.argument
  });
}

/** What a translation must keep: the values it takes and what is strong. */
function shape(catalogue: Catalogue): Record<string, string> {
  return Object.fromEntries(
    Object.entries(catalogue).map(([key, message]) => {
      const ast = new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst();
      const strong = (message.match(/<b>/g) ?? []).length;
      return [key, [...new Set(names(ast))].sort().join(" ") + "!".repeat(strong)];
    }),
  );
}

it("reads the values of a plural", () => {
  expect(shape({ ...en })["call.hold"]).toBe("n");
  expect(shape({ ...en })["unit.of"]).toBe("den num");
});

describe.each([
  ["vi", vi],
  ["zh-Hant", zhHant],
])("%s", (_, catalogue) => {
  it("has the same keys in the same order, none empty", () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
    expect(Object.entries(catalogue).filter(([, message]) => message === "")).toEqual([]);
  });
  it("takes the same values and stresses the same words", () => {
    expect(shape(catalogue)).toEqual(shape({ ...en }));
  });
});
