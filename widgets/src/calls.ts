// Calls to the kernel. A call ends in a value or in an Error whose message a person can read; none is left hanging.

import type { Experimental } from "@anywidget/types";

const ANSWER_MS = 30_000;
const LOST_ANSWER_MS = 4_000;
const LOST = "The kernel was restarted or stopped. Run the cell again.";

type Answer = { ok: true; value: unknown } | { ok: false; error: string };
type Signature = [input: unknown, output: unknown];
export type Call<Calls> = <Name extends keyof Calls & string>(
  name: Name,
  input: Calls[Name] extends [infer Input, unknown] ? Input : never,
) => Promise<Calls[Name] extends [unknown, infer Output] ? Output : never>;

/** The part of an anywidget model that tells of its connection. */
interface Connection {
  on(event: string, callback: () => void): void;
}

/** What went wrong, in words for a person. */
class CallError extends Error {}

/** The kernel answered, and said no. */
export class Refused extends CallError {}

export class Caller<Calls extends { [Name in keyof Calls]: Signature }> {
  #pending = new Set<AbortController>();
  #lost = false;

  constructor(
    private readonly experimental: Experimental,
    model: Connection,
    private readonly onLost: () => void,
  ) {
    // ipywidgets says so when the kernel restarts or stops; without it a call would only time out.
    model.on("comm_live_update", () => {
      this.#lost = true;
      this.#end(LOST);
      this.onLost();
    });
  }

  /** Ask the kernel. */
  readonly call: Call<Calls> = async (name, input) => {
    const limit = this.#lost ? LOST_ANSWER_MS : ANSWER_MS;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new CallError(this.#silence(limit))), limit);
    this.#pending.add(controller);
    try {
      const message = { name, arguments: input };
      const [answer] = await this.experimental.invoke<Answer>("call", message, { signal: controller.signal });
      this.#lost = false;
      if (!answer.ok) throw new Refused(answer.error);
      return answer.value as never;
    } catch (error) {
      if (error instanceof CallError) throw error;
      // A connection that is closed throws at once, in words of its own.
      throw new CallError(this.#lost ? LOST : `The kernel cannot be reached: ${reason(error)}`);
    } finally {
      clearTimeout(timer);
      this.#pending.delete(controller);
    }
  };

  /** The view goes away: end what is under way. */
  dispose(): void {
    this.#end("The view was closed.");
  }

  #end(message: string): void {
    for (const controller of this.#pending) controller.abort(new CallError(message));
  }

  #silence(limit: number): string {
    if (this.#lost) return LOST;
    return `The kernel did not answer within ${limit / 1000} seconds. It may be busy with another cell, or stopped.`;
  }
}

/** The message of whatever was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "it gave no reason";
}
