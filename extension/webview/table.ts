// One plugin view as a table: sortable, and refreshed in place so that focus, selection and scrolling stay.
import type { ViewLocation } from "../../adapter/dap/views-protocol.ts";
import { type Cell, type ColumnType, isFigure, nextOrder, type SortOrder, sorted, textOf } from "./cells.ts";
import { element, icon, setText } from "./dom.ts";
import type { ViewData } from "./messages.ts";

export type Locations = Readonly<Record<string, ViewLocation>>;

/** Rows beyond this are counted, not shown. */
const shownRows = 1000;

export interface TableEvents {
  go(address: string): void;
  orderChanged(order: SortOrder | undefined): void;
}

export class ViewTable {
  readonly node: HTMLElement;
  private readonly table = element("table");
  private readonly body = element("tbody");
  private readonly more = element("p", { className: "more" });
  private readonly none = element("p", { className: "more", textContent: "No rows yet." });
  private columns = "";
  private view: ViewData | undefined;
  private locations: Locations = {};

  constructor(
    private order: SortOrder | undefined,
    private readonly events: TableEvents,
  ) {
    this.node = element("div", { className: "view" }, [this.table, this.none, this.more]);
    this.body.addEventListener("click", (event) => {
      const target = event.target as HTMLElement;
      if (getSelection()?.isCollapsed === false) return; // text is being selected, for copying
      const row = target.closest("tr");
      const address = target.closest<HTMLElement>("[data-address]")?.dataset.address ?? row?.dataset.address;
      if (row) this.focusRow(row);
      if (address) this.events.go(address);
    });
    this.body.addEventListener("keydown", (event) => this.keyPressed(event));
  }

  update(view: ViewData, locations: Locations): void {
    this.view = view;
    this.locations = locations;
    const columns = JSON.stringify(view.columns);
    if (columns !== this.columns) {
      this.columns = columns;
      this.body.replaceChildren();
      this.table.replaceChildren(this.head(view), this.body);
      this.table.setAttribute("aria-label", view.title);
    }
    this.showRows(view);
  }

  private head(view: ViewData): HTMLElement {
    const cells = view.columns.map((column, i) => {
      const button = element("button", { type: "button", title: `Sort by ${column.name}` }, [column.name]);
      button.append(icon("blank"));
      button.addEventListener("click", () => {
        this.order = nextOrder(this.order, i, column.type);
        this.events.orderChanged(this.order);
        if (this.view) this.showRows(this.view);
      });
      return element("th", { scope: "col", className: column.type }, [button]);
    });
    return element("thead", {}, [element("tr", {}, [...cells, element("td", { className: "rest" })])]);
  }

  private showRows(view: ViewData): void {
    for (const [i, cell] of [...this.table.querySelectorAll("th")].entries()) {
      const direction = this.order?.column === i ? this.order.direction : "none";
      cell.setAttribute("aria-sort", direction);
      const name = { none: "blank", ascending: "chevron-up", descending: "chevron-down" }[direction];
      cell.querySelector(".codicon")!.className = `codicon codicon-${name}`;
    }
    const indexes = sorted(view, this.order);
    const shown = indexes.slice(0, shownRows);
    while (this.body.rows.length > shown.length) this.body.deleteRow(-1);
    for (const [at, index] of shown.entries()) {
      const row = this.body.rows[at] ?? this.body.appendChild(this.emptyRow(view));
      this.fillRow(row, view, view.rows[index]);
    }
    if (!this.body.querySelector('tr[tabindex="0"]')) this.body.rows[0]?.setAttribute("tabindex", "0");
    const hidden = indexes.length - shown.length;
    this.more.hidden = hidden === 0;
    setText(this.more, `${textOf(hidden, "integer")} more rows are not shown.`);
    this.none.hidden = indexes.length > 0;
  }

  private emptyRow(view: ViewData): HTMLTableRowElement {
    const row = element("tr", { tabIndex: -1 });
    for (const { type } of view.columns) {
      const value = element("span", { className: "value" });
      const cell = element("td", { className: type }, [value]);
      if (type === "address")
        cell.append(" ", element("span", { className: "symbol" }), " ", element("span", { className: "line" }));
      if (type === "percent")
        cell.prepend(element("span", { className: "track" }, [element("span", { className: "bar" })]));
      row.append(cell);
    }
    row.append(element("td", { className: "rest" }));
    return row;
  }

  private fillRow(row: HTMLTableRowElement, view: ViewData, values: readonly Cell[]): void {
    const address = view.columns.findIndex(({ type }) => type === "address");
    const target = address < 0 ? undefined : String(values[address]);
    if (target === undefined) delete row.dataset.address;
    else row.dataset.address = target;
    for (const [i, { type }] of view.columns.entries()) this.fillCell(row.cells[i], values[i], type);
  }

  private fillCell(cell: HTMLTableCellElement, value: Cell | undefined, type: ColumnType): void {
    setText(cell.querySelector<HTMLElement>(".value")!, textOf(value, type));
    if (type === "address") {
      const key = String(value);
      const location = this.locations[key];
      cell.dataset.address = key;
      setText(cell.querySelector<HTMLElement>(".symbol")!, location?.symbol ?? "");
      const file = location?.path?.split(/[\\/]/).at(-1);
      setText(cell.querySelector<HTMLElement>(".line")!, file ? `${file}:${location?.line ?? 0}` : "");
      cell.title = location?.path ? `Go to ${location.path}:${location.line}` : "Go to the disassembly";
    }
    if (type === "percent") {
      const share = Math.max(0, Math.min(100, Number(value) || 0));
      cell.querySelector<HTMLElement>(".bar")!.style.width = `${share}%`;
    }
    cell.classList.toggle("figure", isFigure(type));
  }

  private keyPressed(event: KeyboardEvent): void {
    const row = (event.target as HTMLElement).closest("tr");
    if (!row) return;
    const rows = this.body.rows;
    const at = row.sectionRowIndex;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next !== undefined) {
      const to = rows[Math.max(0, Math.min(rows.length - 1, next))];
      this.focusRow(to);
      to.focus();
    } else if (event.key === "Enter" && row.dataset.address) {
      this.events.go(row.dataset.address);
    } else {
      return;
    }
    event.preventDefault();
  }

  private focusRow(row: HTMLTableRowElement): void {
    for (const other of this.body.querySelectorAll('tr[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    row.setAttribute("tabindex", "0");
  }
}
