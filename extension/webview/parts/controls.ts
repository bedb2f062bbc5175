// Small things in the toolbar of a view.
import { element, icon } from "./dom.ts";

export function searchBox(label: string, value: string, changed: (text: string) => void): HTMLElement {
  const input = element("input", { type: "search", placeholder: label, value });
  input.setAttribute("aria-label", label);
  input.addEventListener("input", () => changed(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || input.value === "") return;
    input.value = "";
    changed("");
    event.stopPropagation();
  });
  return element("span", { className: "search" }, [icon("search"), input]);
}

export function button(label: string, image: string | undefined, clicked: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", className: "tool", title: label }, [
    ...(image ? [icon(image)] : []),
    element("span", { textContent: label }),
  ]);
  made.addEventListener("click", clicked);
  return made;
}

/** A button of which only the picture is seen. */
export function iconButton(label: string, image: string, clicked: () => void): HTMLButtonElement {
  const made = button(label, image, clicked);
  made.classList.add("bare");
  made.lastElementChild?.remove();
  made.setAttribute("aria-label", label);
  return made;
}

export function checkBox(label: string, checked: boolean, changed: (checked: boolean) => void): HTMLElement {
  const input = element("input", { type: "checkbox", checked });
  input.addEventListener("change", () => changed(input.checked));
  return element("label", { className: "check" }, [input, label]);
}

/** Buttons of which one is pressed. */
export function choice<Value extends string>(
  label: string,
  values: Readonly<Record<Value, string>>,
  chosen: Value,
  changed: (value: Value) => void,
): HTMLElement {
  const group = element("span", { className: "choice" });
  group.role = "group";
  group.setAttribute("aria-label", label);
  const press = (value: Value) => {
    for (const other of group.querySelectorAll("button"))
      other.setAttribute("aria-pressed", String(other.dataset.value === value));
  };
  for (const [value, text] of Object.entries(values) as [Value, string][]) {
    const made = button(text, undefined, () => {
      press(value);
      changed(value);
    });
    made.dataset.value = value;
    group.append(made);
  }
  press(chosen);
  return group;
}
