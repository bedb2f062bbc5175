// Keeps what a run taught about its program (emulator/machine/profile.ts) for the next run of the same file.
import path from "node:path";
import { type Profile, parseProfile, printProfile } from "../../emulator/machine/profile.ts";
import { identityOf, keep, readKept } from "./kept-files.ts";
import { ownFolder } from "./own-folder.ts";

/** Profiles in the folder, the newest, that stay when another is added. */
const MAX_FILES = 100;
/** What differs from version to version of the emulator makes a profile useless, not wrong; the number spares the trouble. */
const FORMAT = 1;

export class ProfileStore {
  private readonly folder: string;
  private readonly name: string;

  /** Of the program in a file. */
  constructor(file: string, folder = ownFolder("profiles")) {
    this.folder = folder;
    this.name = `${path.basename(file)}-${FORMAT}-${identityOf(file)}.json`;
  }

  read(): Profile | undefined {
    const text = readKept(this.folder, this.name);
    return text && parseProfile(text.toString());
  }

  write(profile: Profile): void {
    keep(this.folder, this.name, MAX_FILES, () => printProfile(profile));
  }
}
