// Carries what happens in the machine to the plugins that listen.
import type { Discontinuity, SyscallEvent, SyscallName, Vcpu } from "../../plugins/api/index.ts";
import type { MachineHooks } from "../machine/api.ts";
import { syscallDescriptions } from "../machine/linux/syscall-table.ts";
import type { InstalledPlugin, PluginEvent, PluginListeners } from "./installed-plugin.ts";

/** System calls have so many arguments for plugins. */
const ARGUMENTS = 8;

export interface EventServices {
  readonly vcpu: Vcpu;
  plugins(): readonly InstalledPlugin[];
  syscallReturned(pc: bigint): void;
  /** No guest code is running. */
  cameBack(): void;
  exited(): void;
}

export class MachineEvents {
  private readonly services: EventServices;
  /** Plugins are being told of a system call that is still to be carried out. */
  beforeSyscall = false;

  constructor(services: EventServices) {
    this.services = services;
  }

  readonly hooks: MachineHooks = {
    syscall: (number, args, pc) => {
      this.beforeSyscall = true;
      this.tell("syscall", () => this.syscall(number, args, pc));
      this.beforeSyscall = false;
    },
    filterSyscall: (number, args, pc) => {
      this.beforeSyscall = true;
      const result = this.filter(number, args, pc);
      this.beforeSyscall = false;
      return result;
    },
    syscallReturn: (number, args, result, pc) => {
      this.tell("syscallReturn", () => ({ ...this.syscall(number, args, pc), result }));
      this.services.syscallReturned(pc);
    },
    discontinuity: (kind, from, to, cause) => {
      const { vcpu } = this.services;
      if (kind !== "hostcall")
        for (const plugin of this.services.plugins()) for (const edges of plugin.edges) edges.interrupt();
      this.tell("discontinuity", (): Discontinuity => ({ kind, from, to, cause, vcpu }));
    },
    idle: (nanoseconds) => this.tell("vcpuIdle", () => this.services.vcpu, nanoseconds),
    resume: () => this.tell("vcpuResume", () => this.services.vcpu),
    cameBack: () => this.services.cameBack(),
    exit: () => this.services.exited(),
  };

  private filter(number: number, args: readonly bigint[], pc: bigint): bigint | undefined {
    for (const plugin of this.services.plugins()) {
      const result = plugin.listensTo("syscallFilter") ? plugin.filter(this.syscall(number, args, pc)) : undefined;
      if (result !== undefined) return result;
    }
    return undefined;
  }

  private syscall(number: number, args: readonly bigint[], pc: bigint): SyscallEvent {
    const description = syscallDescriptions.get(number);
    return {
      vcpu: this.services.vcpu,
      number,
      name: description?.name as SyscallName | undefined,
      signature: description?.arguments ?? [],
      args: Array.from({ length: ARGUMENTS }, (_, i) => args[i] ?? 0n),
      pc,
    };
  }

  private tell<Event extends PluginEvent>(
    event: Event,
    make: () => Parameters<PluginListeners[Event]>[0],
    more?: unknown,
  ): void {
    for (const plugin of this.services.plugins()) if (plugin.listensTo(event)) plugin.tell(event, make(), more);
  }
}
