import { randomUUID } from "node:crypto";
import { Html, html } from "@inlet/html";

/** Parts that pages are made of. */

const CLASSES: Readonly<Record<string, string>> = {
  written: "good",
  done: "good",
  suppressed: "soft",
  cancelled: "soft",
  dead_lettered: "bad",
  failed: "bad",
  waiting: "wait",
  paused: "wait",
};

/** A state in words, and in colour. */
export function stateWord(state: string): Html {
  return html`<b class="${CLASSES[state] ?? "soft"}">${toWords(state)}</b>`;
}

export function toWords(code: string): string {
  return code.replaceAll("_", "-");
}

export function time(epochMs: number | null): Html {
  if (epochMs === null) return html`–`;
  const iso = new Date(epochMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

/** 850 ms, 4.2 s, 3 min, 5 h, 2 d. */
export function duration(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** 1,234. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** 850 bytes, 4.2 kB, 3 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${formatCount(Math.round(bytes / 1_000_000))} MB`;
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => Html | string | number | null;
  readonly numeric?: true;
}

/** A table, or `empty` in words. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): Html {
  if (rows.length === 0) return html`<p class="card soft">${empty}</p>`;
  const numeric = (column: Column<Row>): Html | null => (column.numeric === true ? new Html('class="n"') : null);
  return html`<div class="card" tabindex="0" role="region" aria-label="table">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" ${numeric(column)}>${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => html`<td ${numeric(column)}>${column.value(row) ?? "–"}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Name and value in two columns; what is null is left out. */
export function facts(rows: readonly (readonly [string, Html | string | number | null])[]): Html {
  const shown = rows.filter(([, value]) => value !== null && value !== "");
  return html`<dl class="card">
    ${shown.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** Of a form: pressed twice it is done once, and both are shown what came of it. */
export function idempotencyKey(): Html {
  return html`<input type="hidden" name="idempotencyKey" value="${randomUUID()}" />`;
}

/** A button that changes something: a form, so that it works without script. */
export function action(path: string, label: string, fields: Readonly<Record<string, string>> = {}): Html {
  return html`<form method="post" action="${path}">
    ${idempotencyKey()}
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button>${label}</button>
  </form>`;
}

/** An address with its query; what is undefined is left out. */
export function link(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const entries = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries).toString()}`;
}

export function emailPath(tenant: string, eventId: string): string {
  return `/emails/${encodeURIComponent(tenant)}/${encodeURIComponent(eventId)}`;
}
