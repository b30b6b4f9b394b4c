// Light, dark or as the system says: one attribute, the tokens do the rest.

export const themes = ["system", "light", "dark"] as const;
export type ThemeName = (typeof themes)[number];
const STORED = "callstamp.theme";

class Theme {
  name = $state<ThemeName>(themes.find((theme) => theme === localStorage.getItem(STORED)) ?? "system");

  constructor() {
    this.#apply();
  }

  choose(name: ThemeName): void {
    this.name = name;
    localStorage.setItem(STORED, name);
    this.#apply();
  }

  #apply(): void {
    if (this.name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.name;
  }
}

export const theme = new Theme();
