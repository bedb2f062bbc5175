// Reading and writing guest memory.
import { hex, parseAddress } from "../debugger/text.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";

/** Most bytes of one answer. */
const MAX_READ = 16 << 20;

function addressIn(reference: string, offset: number | undefined): bigint {
  const address = parseAddress(reference);
  if (address === undefined) throw new RequestError(`"${reference}" is not an address`);
  return BigInt.asUintN(64, address + BigInt(offset ?? 0));
}

export const readMemory: Handler<"readMemory"> = (session, { memoryReference, offset, count }) => {
  const { target } = session.running();
  const address = addressIn(memoryReference, offset);
  if (count > MAX_READ) throw new RequestError(`at most ${MAX_READ} bytes can be read at once`);
  const bytes = target.readMemory(address, count);
  const unreadableBytes = count - bytes.length;
  return {
    address: hex(address),
    data: toBase64(bytes),
    ...(unreadableBytes > 0 ? { unreadableBytes } : {}),
  };
};

export const writeMemory: Handler<"writeMemory"> = async (session, { memoryReference, offset, data, allowPartial }) => {
  const { target, debugger: dbg } = session.stopped();
  const address = addressIn(memoryReference, offset);
  const bytes = fromBase64(data);
  const room = target.readMemory(address, bytes.length).length;
  if (room < bytes.length && !allowPartial)
    throw new RequestError(`cannot write memory at ${hex(address + BigInt(room))}: nothing is mapped there`);
  const bytesWritten = await dbg.writeMemory(address, bytes.subarray(0, room));
  session.changed();
  return { bytesWritten };
};

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function fromBase64(data: string): Uint8Array {
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  } catch {
    throw new RequestError("the data to write is not base64");
  }
}
