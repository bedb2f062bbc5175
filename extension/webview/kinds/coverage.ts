// Coverage: which functions and which lines of source files have run.
import type { DataOf, Locations } from "../messages.ts";
import type { Cell, Column, SortOrder } from "../parts/cells.ts";
import { shareText } from "../parts/cells.ts";
import { choice, searchBox } from "../parts/controls.ts";
import { element, setText } from "../parts/dom.ts";
import { Grid, type GridData } from "../parts/grid.ts";
import { placeOf } from "../parts/place-text.ts";
import type { KindView, ViewContext } from "./kind-view.ts";

const functionColumns: readonly Column[] = [
  { name: "Function", type: "text" },
  { name: "Bytes", type: "integer" },
  { name: "Covered", type: "integer" },
  { name: "Share", type: "percent" },
  { name: "Lines", type: "integer" },
  { name: "Lines covered", type: "integer" },
  { name: "Address", type: "address" },
];

const fileColumns: readonly Column[] = [
  { name: "File", type: "text" },
  { name: "Lines", type: "integer" },
  { name: "Covered", type: "integer" },
  { name: "Share", type: "percent" },
  { name: "First missed", type: "integer" },
];

type By = "functions" | "files";

export class CoverageView implements KindView<DataOf<"coverage">> {
  readonly node = element("div", { className: "stack" });
  readonly controls: readonly HTMLElement[];
  private readonly grids: Record<By, Grid>;
  private readonly summary = element("span", { className: "count" });
  private by: By;
  private data: DataOf<"coverage"> | undefined;
  private locations: Locations = {};

  constructor(
    title: string,
    private readonly context: ViewContext,
  ) {
    this.by = context.recall<By>("by") ?? "functions";
    this.grids = {
      functions: this.grid("functions", `${title} by function`, (row) => context.go(String(row[6]))),
      files: this.grid("files", `${title} by file`, (row) => this.openFile(String(row[0]))),
    };
    this.node.append(this.grids.functions.node, this.grids.files.node);
    const query = context.recall<string>("filter") ?? "";
    const filter = (text: string) => {
      context.remember("filter", text);
      for (const grid of Object.values(this.grids)) grid.filter(text);
    };
    filter(query);
    const choose = (by: By) => {
      this.by = by;
      context.remember("by", by);
      this.show();
    };
    this.controls = [
      choice("Coverage by", { functions: "Functions", files: "Files" }, this.by, choose),
      searchBox("Filter", query, filter),
      this.summary,
    ];
  }

  update(view: DataOf<"coverage">, locations: Locations): void {
    this.data = view;
    this.locations = locations;
    this.grids.functions.update(functionRows(view));
    this.grids.files.update(fileRows(view));
    this.show();
  }

  rows(): string[][] {
    return this.grids[this.by].texts();
  }

  private grid(by: By, label: string, chosen: (row: readonly Cell[]) => void): Grid {
    return new Grid(label, this.context.recall<SortOrder>(`order of ${by}`), {
      chosen,
      orderChanged: (order) => this.context.remember(`order of ${by}`, order),
      beside: (value, type) => {
        if (type !== "address") return undefined;
        const { line, title } = placeOf(String(value), this.locations);
        return { texts: ["", line], title };
      },
      isLink: (row) => by === "functions" || this.pathOf(String(row[0])) !== undefined,
    });
  }

  private pathOf(name: string): string | undefined {
    return this.data?.files.find((file) => file.name === name)?.path;
  }

  /** At the first line that did not run. */
  private openFile(name: string): void {
    const file = this.data?.files.find((other) => other.name === name);
    if (file?.path) this.context.open(file.path, file.missed ?? 1);
  }

  private show(): void {
    this.grids.functions.node.hidden = this.by !== "functions";
    this.grids.files.node.hidden = this.by !== "files";
    const shares = this.data?.[this.by].map((item) => ("bytes" in item ? item.bytes : item.lines)) ?? [];
    const covered = shares.reduce((sum, share) => sum + share.covered, 0);
    const total = shares.reduce((sum, share) => sum + share.total, 0);
    setText(this.summary, `${shareText(covered, total)} of ${this.by === "files" ? "lines" : "bytes"}`);
  }
}

const share = ({ covered, total }: { covered: number; total: number }) => (total > 0 ? (100 * covered) / total : 0);

const functionRows = ({ functions }: DataOf<"coverage">): GridData => ({
  columns: functionColumns,
  rows: functions.map(({ name, address, bytes, lines }) => [
    name,
    bytes.total,
    bytes.covered,
    share(bytes),
    lines?.total ?? "",
    lines?.covered ?? "",
    address,
  ]),
});

const fileRows = ({ files }: DataOf<"coverage">): GridData => ({
  columns: fileColumns,
  rows: files.map(({ name, lines, missed }) => [name, lines.total, lines.covered, share(lines), missed ?? ""]),
});
