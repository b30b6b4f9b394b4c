// A desk for the mock: it answers every command, so that the page can be
// tried by hand, and lets a script play any frame.
import { degraded, golden, moved, now, S } from "./story.mjs";

export class MockDesk {
  seq = 0;
  call = null;
  commands = [];
  state = { state: "offline", since: now(), seat: false };

  /** answer: an async function from an SDP offer to an SDP answer, or null. */
  constructor(answer = async () => null) {
    this.answer = answer;
  }

  open(peer) {
    this.peer?.close(4409);
    this.peer = peer;
    peer.ontext = (text) => void this.hear(peer, JSON.parse(text));
  }

  answerTo(type, id, body) {
    this.peer?.send(JSON.stringify({ type, id, ...(body ? { body } : {}) }));
  }

  push(type, body) {
    this.seq += 1;
    this.peer?.send(JSON.stringify({ type, seq: this.seq, ...(body === undefined ? {} : { body }) }));
  }

  presence(state, over = {}) {
    this.state = { ...this.state, aux: undefined, next: undefined, state, since: now(), ...over };
    this.push("presence", this.state);
  }

  async hear(peer, frame) {
    if (frame.type === "hello") return this.welcome(peer);
    if (frame.type === "heartbeat") {
      peer.send(JSON.stringify({ type: "heartbeat_ack", body: { client_at: frame.body.client_at, server_at: now() } }));
      return;
    }
    this.commands.push(frame);
    if (frame.type !== "media_offer") this.answerTo("done", frame.id);
    await this.obey(frame);
  }

  welcome(peer) {
    const { body } = golden("frame_welcome");
    delete body.ice_servers;
    const seq = this.seq;
    peer.send(JSON.stringify({ type: "welcome", ...(seq ? { seq } : {}), body: { ...body, now: now(), presence: this.state, next_id: this.commands.length + 1 } }));
    if (this.call) this.push("call", this.call);
  }

  async obey({ type, id, body = {} }) {
    switch (type) {
      case "media_offer": {
        const sdp = await this.answer(body.sdp);
        if (sdp !== null) this.answerTo("media_answer", id, { sdp });
        return;
      }
      case "ready":
        this.presence("ready", { seat: true });
        if (this.autoRing) setTimeout(() => this.ring(), 3000);
        return;
      case "pause":
        return this.presence("paused", { aux: body.reason });
      case "logout":
        return this.presence("offline", { seat: false });
      case "accept":
        return this.talk();
      case "decline":
        this.push("unring", { offer: body.offer, end: "declined" });
        return this.presence("ready");
      case "hold":
        return this.change({ phase: body.on ? "held" : "talking", held_by: body.on ? ["agent"] : [], since: now() }, body.on ? "hold.started" : "hold.ended");
      case "mute":
        return this.change({ muted: body.on });
      case "consult":
        return this.change({ phase: "consulting", since: now(), asking: { kind: "consult", by: { id: "u-ha", name: "Trần Hà" }, who: { kind: body.to.kind, id: body.to.id, name: "Bình" }, since: now(), answered: true }, others: this.third("consulted") }, "consult.started");
      case "consult_end":
        return this.change({ phase: "talking", since: now(), asking: undefined, others: [] }, "consult.ended");
      case "conference":
        return this.change({ phase: "conferencing", since: now(), asking: undefined, others: this.third("agent") }, "conference.joined");
      case "record":
        return this.change({ recording: body.on ? "on" : undefined });
      case "rec_pause":
        return this.change({ recording: body.on ? "paused" : "on" });
      case "transfer":
      case "transfer_complete":
      case "park":
      case "hangup":
        return this.wrap();
      case "dispose":
        return this.change({ disposition: body.code });
      case "note":
        this.call = this.call && { ...this.call, note: body.text };
        return;
      case "wrap_extend":
        return this.change({ wrap_until: this.call.wrap_until + 30 * S });
      case "wrap_end":
        this.change({ done: true, wrap: true });
        this.call = null;
        return body.then === "ready" ? this.presence("ready") : this.presence("paused", { aux: body.then });
    }
  }

  third(role) {
    return [{ leg: 3, role, who: { kind: "agent", id: "a-binh", name: "Bình" }, state: "up" }];
  }

  change(over, kind) {
    if (!this.call) return;
    const marks = kind ? [...this.call.marks, { n: this.call.marks.length + 1, at: now(), kind, phase: over.phase, actor: "agent" }] : this.call.marks;
    this.call = { ...this.call, ...over, marks };
    this.push("call", this.call);
  }

  /** What of the server's state concerns agents: id → seconds ago. */
  notice(troubles) {
    this.peer?.send(JSON.stringify({ type: "notice", body: { degraded: degraded(troubles) } }));
  }

  /** An offer that began to ring seconds ago. */
  ring(seconds = 0) {
    const { body } = golden("frame_ring");
    const ring = moved(body, now() - seconds * S - body.from);
    this.presence("ringing", { since: ring.from });
    this.push("ring", ring);
    this.call = { ...ring.call };
  }

  /** The call of the golden file, cut at a second of its story; now is there. */
  at(second, over = {}) {
    const { body } = golden("frame_call");
    const call = moved(body, now() - second * S - body.created);
    const marks = call.marks.filter((mark) => mark.at <= now());
    const phased = marks.filter((mark) => mark.phase);
    const last = phased[phased.length - 1];
    this.call = { ...call, phase: last.phase, since: last.at, marks, held_by: [], muted: false, no_audio: [], wrap: false, wrap_until: 0, disposition: "", survey: "", survey_value: 0, done: false, mic_silent: false, recording: "on", on_demand: false, role: "agent", others: [], asking: undefined, failed: undefined, ...over };
    this.push("call", this.call);
  }

  talk() {
    const second = 17.7;
    this.at(second, { note: "" });
    this.presence("talking");
  }

  wrap() {
    this.at(331, { phase: "surveying", wrap: true, wrap_until: now() + 30 * S, survey: "asked", note: this.call?.note ?? "" });
    this.presence("wrap");
  }
}
