import { availableParallelism } from 'node:os';
import { residentOutside } from '../product.ts';
import type { Resident } from '../resident.ts';
import type { Ran } from '../world/command.ts';
import type { Question } from './channel.ts';
import { Losses } from './losses.ts';

/** Longer than any command line may take, whoever else is waiting. */
const LIMIT_MS = 120_000;

/** What stands beside all labs, started once and warm: the product outside all nodes, and the kernel's trace. */
export type Beside = {
  readonly answer: (question: Question, lab: number) => Promise<unknown>;
  readonly end: () => Promise<void>;
};

/** Starts it; each of its processes comes up with the first question that needs it. */
export function startBeside(cli: string | undefined): Beside {
  const products = new Products(cli);
  const losses = new Losses();
  return {
    answer: (question, lab) => {
      if ('product' in question) return products.run(question.product);
      const lost = 'watch' in question ? losses.begun() : losses.of(lab, question.loss);
      return lost.catch((error: unknown) => ({ failed: String(error) }));
    },
    end: async () => {
      products.end();
      await losses.end();
    },
  };
}

/** As many of the product's processes as there are processors; the first that has nothing to do is the warmest. */
class Products {
  readonly #cli: string | undefined;
  readonly #all: { resident: Resident; busy: number }[] = [];

  constructor(cli: string | undefined) {
    this.#cli = cli;
  }

  async run(args: readonly string[]): Promise<Ran> {
    const one = this.#idlest();
    one.busy += 1;
    const ran = await one.resident.run(args, LIMIT_MS);
    one.busy -= 1;
    if (ran.code === ENDED) one.resident = residentOutside(this.#cli);
    return ran;
  }

  end(): void {
    for (const { resident } of this.#all) resident.end();
  }

  #idlest() {
    const [least] = this.#all.toSorted((one, other) => one.busy - other.busy);
    if (least !== undefined && (least.busy === 0 || this.#all.length >= availableParallelism())) return least;
    const fresh = { resident: residentOutside(this.#cli), busy: 0 };
    this.#all.push(fresh);
    return fresh;
  }
}

/** How a process that has ended answers. */
const ENDED = 127;
