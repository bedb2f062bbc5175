// The files that every guest has, root or not: a few devices, what /proc/self tells of the process and /proc/cpuinfo of
// the hardware.
import type { GuestHardware } from "../../guest/guest.ts";
import type { Door } from "../api.ts";
import type { Mapping } from "../memory.ts";
import { Protection } from "../memory.ts";
import { ModeType, OpenFlag } from "./abi.ts";
import type { DescriptorTable } from "./descriptors.ts";
import { Errno, fail } from "./errno.ts";
import { Device, type FileStatus, fileStatus, MadeUpFile, type OpenFile } from "./open-file.ts";

/** What /proc/self reports. */
export interface ProcessFacts {
  door: Door;
  descriptors: DescriptorTable;
  /** Absolute guest path of the program, and its bytes. */
  executable: string;
  program: Uint8Array;
  arguments: readonly string[];
  environment: readonly string[];
  mappings(): readonly Mapping[];
  cwd(): string;
  hardware: GuestHardware;
}

const utf8 = new TextEncoder();
const nothing = () => new Uint8Array(0);

export class MadeUpFiles {
  private readonly devices: Readonly<Record<string, (length: number) => Uint8Array>>;
  private readonly texts: Readonly<Record<string, () => Uint8Array>>;
  private readonly links: Readonly<Record<string, () => string>>;

  constructor(private readonly facts: ProcessFacts) {
    const random = (length: number) => facts.door.random(length);
    this.devices = {
      "/dev/null": nothing,
      "/dev/zero": (length) => new Uint8Array(length),
      "/dev/urandom": random,
      "/dev/random": random,
    };
    this.texts = {
      "/proc/self/exe": () => facts.program,
      "/proc/self/cmdline": () => utf8.encode(facts.arguments.map((argument) => `${argument}\0`).join("")),
      "/proc/self/environ": () => utf8.encode(facts.environment.map((variable) => `${variable}\0`).join("")),
      "/proc/self/maps": () => utf8.encode(facts.mappings().map(mapsLine).join("")),
      "/proc/cpuinfo": () => utf8.encode(hardwareText(facts.hardware)),
      "/proc/self/comm": () => utf8.encode(`${facts.executable.split("/").at(-1)?.slice(0, 15)}\n`),
    };
    this.links = {
      "/proc/self/exe": () => facts.executable,
      "/proc/self/cwd": () => facts.cwd(),
    };
  }

  /** Opens one; undefined when the path is none of them. Takes normalised paths. */
  open(path: string, flags: number): OpenFile | undefined {
    const stream = /^\/dev\/(?:std(in|out|err)|fd\/(\d+))$/.exec(path) ?? /^\/proc\/self\/fd\/()(\d+)$/.exec(path);
    if (stream)
      return this.facts.descriptors.get(stream[2] ? Number(stream[2]) : ["in", "out", "err"].indexOf(stream[1]));
    const produce = this.devices[path];
    if (produce) return new Device(path, flags & ~(OpenFlag.Create | OpenFlag.Truncate), produce);
    const text = this.texts[path];
    if (!text) return undefined;
    if (flags & OpenFlag.AccessMode) fail(Errno.EACCES);
    return new MadeUpFile(path, text());
  }

  status(path: string): FileStatus | undefined {
    if (this.devices[path]) return fileStatus(ModeType.CharacterDevice | 0o666);
    if (path === "/proc/self/exe") return fileStatus(ModeType.Regular | 0o755, this.facts.program.length);
    return this.texts[path] ? fileStatus(ModeType.Regular | 0o444) : undefined;
  }

  readlink(path: string): string | undefined {
    const descriptor = /^\/proc\/self\/fd\/(\d+)$/.exec(path);
    if (descriptor) return this.facts.descriptors.get(Number(descriptor[1])).path;
    return this.links[path]?.();
  }
}

/** One processor, as Linux lists it. Vendor and model are those of hardware that has none. */
function hardwareText({ isa }: GuestHardware): string {
  const lines = [
    "processor\t: 0",
    "hart\t\t: 0",
    `isa\t\t: ${isa}`,
    "mmu\t\t: sv39",
    "mvendorid\t: 0x0",
    "marchid\t\t: 0x0",
    "mimpid\t\t: 0x0",
    `hart isa\t: ${isa}`,
    "",
  ];
  return `${lines.join("\n")}\n`;
}

function mapsLine({ start, end, protection, name }: Mapping): string {
  const letter = (bit: Protection, text: string) => (protection & bit ? text : "-");
  const rights = `${letter(Protection.Read, "r")}${letter(Protection.Write, "w")}${letter(Protection.Execute, "x")}p`;
  const range = `${start.toString(16).padStart(8, "0")}-${end.toString(16).padStart(8, "0")}`;
  return `${range} ${rights} 00000000 00:00 0 ${" ".repeat(26)}${name}`.trimEnd().concat("\n");
}
