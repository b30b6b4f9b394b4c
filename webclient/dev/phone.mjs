// Checks the phone in a real browser against a real peer connection: warm and
// silent, on the line at accept, the trunk's law, mute, a reload in the call.
// node dev/phone.mjs    (needs a build and Chromium)
import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { startMock } from "./mock.mjs";

const browser = await launch();
let far;
const mock = await startMock({ answer: (sdp) => far.evaluate(answer, sdp) });
mock.state.user = {};
try {
  const context = await browser.newContext({ permissions: ["microphone"] });
  far = await context.newPage();
  await far.goto(`${mock.address}placeholder.html`);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log("page:", error.message));
  await page.goto(`${mock.address}?debug=1&rawaudio=1#/desk`);
  await check(page);
  console.log("the phone is right");
} finally {
  await browser.close();
  mock.stop();
}

async function check(page) {
  await page.getByRole("button", { name: /Go ready/ }).click();
  await until("the phone is up", () => phoneState(page).then((state) => state === "up"));
  assert.equal(mock.desk.commands.filter((c) => c.type === "ready").length, 1, "ready is sent once, when the line is up");
  const offer = mock.desk.commands.find((c) => c.type === "media_offer").body.sdp;
  assert.match(offer, /m=audio 9 UDP\/TLS\/RTP\/SAVPF 0 8 \d+\r\n/, "PCMU, PCMA and keys are offered, nothing else");
  assert.doesNotMatch(offer, /a=candidate/, "the offer does not wait for candidates");

  const warm = await heard();
  await page.waitForTimeout(1500);
  assert.equal((await heard()).packets, warm.packets, "no packet flows while idle");

  mock.desk.ring();
  await page.getByRole("button", { name: /Answer/ }).click();
  const accepted = Date.now();
  await until("the far end hears the agent", async () => (await heard()).packets > warm.packets + 5);
  console.log(`accept to the agent's voice: ${Date.now() - accepted} ms`);
  await until("the agent hears the far end", () => page.evaluate(loud).then((peak) => peak > 0.01));
  await until("the law is the trunk's", async () => (await heard()).codec === "audio/PCMA");

  await page.getByRole("button", { name: /Mute/ }).click();
  await until("muted is silence", () => far.evaluate(quiet));
  await page.getByRole("button", { name: /Unmute/ }).click();
  await page.getByRole("button", { name: /Keypad/ }).click();
  await page.keyboard.press("5");
  await page.getByText("Sent").locator("..").getByText("5").waitFor();

  const first = (await heard()).connection;
  await far.evaluate(() => window.peer.close());
  const broken = Date.now();
  await until("after a break the far end hears the agent", async () => {
    const now = await heard();
    return now.connection > first && now.packets > 5;
  });
  console.log(`break to the agent's voice: ${Date.now() - broken} ms`);

  const before = (await heard()).connection;
  const reloaded = Date.now();
  await page.reload();
  await until("after a reload the far end hears the agent", async () => {
    const now = await heard();
    return now.connection > before && now.packets > 5;
  });
  console.log(`reload to the agent's voice: ${Date.now() - reloaded} ms`);
  await until("and the agent hears", () => page.evaluate(loud).then((peak) => peak > 0.01));

  await page.getByRole("button", { name: /^End/ }).click();
  await page.getByRole("heading", { name: "Result of this call" }).waitFor();
  await page.waitForTimeout(500);
  const ended = (await heard()).packets;
  await page.waitForTimeout(1000);
  assert.equal((await heard()).packets, ended, "after the end no packet flows");

  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await until("wrap-up ends with the chosen result", async () => mock.desk.commands.some((c) => c.type === "wrap_end"));
  assert.equal(mock.desk.commands.find((c) => c.type === "dispose").body.code, "technician");
}

function phoneState(page) {
  return page.evaluate(() => window.callstampDebug?.state.phone);
}

function heard() {
  return far.evaluate(async () => {
    const { peer, made } = window;
    const report = await peer.getStats();
    const stats = [...report.values()];
    const inbound = stats.find((s) => s.type === "inbound-rtp");
    return { connection: made, packets: inbound?.packetsReceived ?? 0, codec: report.get(inbound?.codecId)?.mimeType };
  });
}

/** In the far page: a new connection for each offer, with its own tone. */
async function answer(sdp) {
  window.peer?.close();
  const peer = (window.peer = new RTCPeerConnection());
  window.made = (window.made ?? 0) + 1;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  peer.addTrack(stream.getAudioTracks()[0], stream);
  peer.ontrack = (event) => {
    window.context ??= new AudioContext();
    window.analyser = window.context.createAnalyser();
    // Chromium feeds a remote stream to WebAudio only when an element plays it too.
    const audio = new Audio();
    audio.srcObject = new MediaStream([event.track]);
    audio.muted = true;
    void audio.play();
    window.context.createMediaStreamSource(audio.srcObject).connect(window.analyser);
  };
  await peer.setRemoteDescription({ type: "offer", sdp });
  await peer.setLocalDescription();
  await new Promise((resolve) => {
    const done = () => peer.iceGatheringState === "complete" && resolve();
    peer.onicegatheringstatechange = done;
    done();
  });
  return peer.localDescription.sdp;
}

/** In the agent's page: the loudest sample of what arrives. */
function loud() {
  const { phone } = window.callstampDebug;
  if (!window.ear || window.earOf !== phone.remote.getAudioTracks()[0]) {
    const [track] = phone.remote.getAudioTracks();
    if (!track) return 0;
    const context = new AudioContext();
    window.ear = context.createAnalyser();
    window.earOf = track;
    context.createMediaStreamSource(phone.remote).connect(window.ear);
  }
  const samples = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
}

/** In the far page: nothing is heard for a second and a half. */
async function quiet() {
  const samples = new Float32Array(window.analyser.fftSize);
  let peak = 0;
  for (let i = 0; i < 30; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    window.analyser.getFloatTimeDomainData(samples);
    peak = Math.max(peak, ...samples.map(Math.abs));
  }
  return peak < 0.001;
}

async function until(what, test) {
  const deadline = Date.now() + 10_000;
  while (!(await test())) {
    assert.ok(Date.now() < deadline, `not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  console.log(`✓ ${what}`);
}
