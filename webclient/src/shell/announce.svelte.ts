// What a screen reader hears: one region that interrupts (ring, connected,
// ended) and one that waits (saved).

class Announcements {
  assertive = $state("");
  polite = $state("");

  shout(text: string): void {
    this.assertive = text;
  }
  say(text: string): void {
    this.polite = text;
  }
}

export const announce = new Announcements();
