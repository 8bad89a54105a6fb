// What another system of the business does: calls of the REST API with the demo's key, and the people they make.

import type { Application } from "./application";

/** An answer of the API. */
export interface Answer {
  status: number;
  body: any;
}

/** Somebody the business talks to. */
export interface Somebody {
  id: string;
  name: string;
  phone: string;
}

/** Calls the API. */
export async function rest(application: Application, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${application.url}/api/v1${path}`, {
    method,
    headers: { authorization: "Bearer demo-api-key", "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** How many numbers were given out: a worker is a process of its own, with a database of its own. */
let numbers = 0;

/** A South African number that nobody has yet. */
export function freshPhone(): string {
  numbers += 1;
  return `+2782111${String(numbers).padStart(4, "0")}`;
}

/** Somebody who was never asked about marketing. */
export async function stranger(application: Application, name: string): Promise<Somebody> {
  const phone = freshPhone();
  const { body } = await rest(application, "POST", "/contacts", { phone, name });
  return { id: body.id, name, phone };
}

/** Somebody who agreed to marketing on a web form. */
export async function subscriber(application: Application, name: string): Promise<Somebody> {
  const somebody = await stranger(application, name);
  await rest(application, "PUT", `/contacts/${somebody.id}/consent`, {
    choice: "opted_in",
    source: "web_form",
    occurred_at: "2026-01-05T10:00:00Z",
  });
  return somebody;
}

/** What the ledger says of somebody, by the kind of event: `opt_out`, `opt_in`, `hold` … */
export async function eventsOf(application: Application, somebody: Somebody, kind: string): Promise<any[]> {
  const { body } = await rest(application, "GET", `/contacts/${somebody.id}/consent`);
  return body.events.filter((event: any) => event.kind === kind);
}

/** Sends a message of the business: an offer, an order update, or an agent's answer. */
export function send(application: Application, to: Somebody, kind: "marketing" | "utility" | "service"): Promise<Answer> {
  const content = {
    marketing: { template: { name: "spring_sale", language: "en" } },
    utility: { template: { name: "order_confirmation", language: "en" } },
    service: { text: { body: "Your order is on its way." } },
  }[kind];
  return rest(application, "POST", "/messages", { to: to.phone, kind, ...content });
}
