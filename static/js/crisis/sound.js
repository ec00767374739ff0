/** A soft sound made by the browser itself; it is heard only where its person turned it on. */

export const SOUND = "handrail:sound";

export function chime() {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context) return;
  const room = new Context();
  const tone = room.createOscillator();
  const loudness = room.createGain();
  tone.frequency.value = 440;
  loudness.gain.setValueAtTime(0, room.currentTime);
  loudness.gain.linearRampToValueAtTime(0.08, room.currentTime + 0.2);
  loudness.gain.linearRampToValueAtTime(0, room.currentTime + 1.2);
  tone.connect(loudness).connect(room.destination);
  tone.start();
  tone.stop(room.currentTime + 1.3);
  tone.addEventListener("ended", () => room.close());
}
