// Plugin views in the formats of other tools. The formats are loaded when somebody asks for them.
import type { ExportArguments } from "./export-protocol.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";

export const exportFormats: Handler<"terrarium.exportFormats"> = async () => {
  const { exporters } = await import("../export/index.ts");
  return {
    formats: exporters.map(({ format, extension, description, kinds }) => ({ format, extension, description, kinds })),
  };
};

export const exportView: Handler<"terrarium.export"> = async (session, args) => {
  const { format, plugin, title } = checked(args);
  const { chooseViews, exporterOf, suggestedName } = await import("../export/choose.ts");
  const { exportContext } = await import("../export/context.ts");
  const { programPath, program, target, symbols, sources } = session.running();
  const log = (text: string) => session.console(text);
  const exporter = exporterOf(format);
  const views = chooseViews({ exporter, plugin, title }, await target.views(), log);
  const context = exportContext({
    program,
    programPath,
    guestName: target.guestName,
    loadBias: target.loadBias,
    symbols,
    instructions: target.instructionCount(),
    findSource: (recorded) => sources.find(recorded),
    log,
  });
  const written = exporter.write(views, context);
  return {
    content: Buffer.from(written as Uint8Array).toString("base64"),
    fileName: suggestedName(exporter, programPath, views),
  };
};

function checked(args: ExportArguments): ExportArguments {
  if (typeof args.format !== "string") throw new RequestError("export: `format` must be a string");
  for (const field of ["plugin", "title"] as const)
    if (args[field] !== undefined && typeof args[field] !== "string")
      throw new RequestError(`export: \`${field}\` must be a string`);
  return args;
}
