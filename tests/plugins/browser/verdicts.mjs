// Says of each message what the client makes of it. One line of JSON in, {text} or {hex}; one out, null for a refusal.
import { createInterface } from 'node:readline';

const { FaceStreamReader } = await import(process.argv[2]);

let reader = new FaceStreamReader();
for await (const line of createInterface({ input: process.stdin })) {
  const { text, hex, anew } = JSON.parse(line);
  if (anew) {
    reader = new FaceStreamReader();
  }
  let verdict = null;
  try {
    const frame = reader.read(text ?? Uint8Array.from(Buffer.from(hex, 'hex')).buffer);
    verdict =
      frame === null
        ? { hello: reader.hello.support, altered: reader.hello.altered }
        : {
            ...{ sequence: frame.sequence, time: frame.time, tracked: frame.tracked, altered: [...frame.altered] },
            ...{ values: [...frame.values], tone: [...frame.tone] },
          };
  } catch (error) {
    if (error.name !== 'DecodeError') {
      throw error;
    }
  }
  console.log(JSON.stringify(verdict));
}
