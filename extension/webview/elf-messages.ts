// What the extension and the ELF page say to each other. Types only.

export interface ElfPageState {
  name: string;
  /** Why it cannot be run; undefined when it can. */
  unfit: string | undefined;
  facts: [name: string, value: string][];
  /** Kind, address, bytes in memory, bytes in the file, permissions. */
  segments: string[][];
}

export type FromElfPage = "ready" | "debug" | "run";
