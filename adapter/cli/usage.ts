export const usage = `terrarium: run, debug and instrument programs for another machine

  terrarium run [OPTION...] PROGRAM [ARG...]   run a guest program (a static RISC-V 64 Linux executable)
    --plugin NAME|PATH[,key=value]...  switch a plugin on (again for more)
    --root DIR                         host folder that is the guest's / (default: no files)
    --writable                         let the guest change files under the root
    --cwd DIR                          the guest's working directory, inside the root (default: /)
    --env K=V                          a variable of the guest's environment (again for more)
    --report text|json                 how plugin views are printed (default: text)
    --report-file F                    where to (default: standard error)
    --export FORMAT[:PLUGIN[/TITLE]]=F write a plugin's view in the format of another tool (again for more; -: standard
                                       output)
    --output DIR                       folder in which plugins may write files (default: none)
    --watch                            load plugins again when their files are saved
    --control SOCKET                   listen for \`terrarium control\`
    --stats                            one line of JSON with figures of the run, on standard error
    --engine auto|jit|interpreter      how to run (default: auto)
    --fresh                            take nothing from earlier runs of the program, and leave nothing for later ones
    --lockstep                         run interpreter and JIT side by side, stop at the first difference
  terrarium dap [--port N]                     Debug Adapter Protocol on standard streams, or on 127.0.0.1:N
  terrarium disassemble PROGRAM [SYMBOL]       disassemble the executable sections, or one function
  terrarium plugins [list]                     plugins that ship, and those of this folder
  terrarium plugins check PATH...              type-check plugins against the API
  terrarium plugins setup                      have an editor check the plugins of this folder's .terrarium/plugins
  terrarium plugins new NAME                   write .terrarium/plugins/NAME.ts, a plugin to begin with
  terrarium control SOCKET COMMAND...          of a running \`run --control SOCKET\`: plugins list | load NAME[,key=value...] |
                                               unload NAME | reset NAME | reload NAME
  terrarium trace [--from N] [--count N] FILE  a trace of execution that the plugin execlog wrote, as text
  terrarium formats                            formats of --export, and the kinds of view that they take

run ends with the guest's exit status, 128 + signal when it was killed.
`;

/** A command line that cannot be understood: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Of any bundle: each has a class of its own. */
export function isUsageError(error: unknown): boolean {
  return error instanceof Error && error.name === "UsageError";
}
