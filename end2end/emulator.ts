// The demo mode's WhatsApp: what Meta would see, and what customers write.

/** A request that our application sent to WhatsApp. */
export interface SentRequest {
  n: number;
  at_us: number;
  path: string;
  to: string;
  body: any;
  status: number;
  wamid: string | null;
}

/** What became of a customer's message. */
export interface Inbound {
  wamid: string;
  webhook_status: number;
  acked_at_us: number;
}

/** The control interface of the emulator. */
export class Emulator {
  constructor(private readonly base: string) {}

  /** Every request received after number `after`. */
  async requests(after = 0): Promise<SentRequest[]> {
    const answer = await this.call("GET", `/requests?after=${after}`);
    return answer.data;
  }

  /** The requests for one customer that WhatsApp took, in order. */
  async takenFor(phone: string): Promise<SentRequest[]> {
    return (await this.requests()).filter((request) => request.to === phone && request.status === 200);
  }

  /** The words of what one customer got as text, in order. */
  async textsFor(phone: string): Promise<string[]> {
    return (await this.takenFor(phone)).map((request) => request.body.text?.body).filter((text) => text !== undefined);
  }

  /** A customer's words, `ago` seconds before now: of two words in one second, WhatsApp does not tell which came first. */
  writes(phone: string, text: string, ago = 0): Promise<Inbound> {
    return this.inbound({ from: phone, text, timestamp: Math.floor(Date.now() / 1000) - ago });
  }

  /** A customer's message: `{ from, text | button | interactive | …, context? }`. */
  inbound(message: Record<string, unknown>): Promise<Inbound> {
    return this.call("POST", "/inbound", message);
  }

  /** Latency, errors and other trouble to come. */
  async faults(faults: Record<string, unknown>): Promise<void> {
    await this.call("POST", "/faults", faults);
  }

  /** Forgets everything received and every fault. */
  async reset(): Promise<void> {
    await this.call("DELETE", "");
  }

  private async call(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`${this.base}/_emulator${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} /_emulator${path}: ${response.status} ${text}`);
    }
    return text === "" ? undefined : JSON.parse(text);
  }
}
