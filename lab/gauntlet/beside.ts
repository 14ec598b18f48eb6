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
  /** One command line of the product, in one of its processes. */
  readonly product: (args: readonly string[], process: number) => Promise<Ran>;
  readonly end: () => Promise<void>;
};

/** Starts it; the trace comes up with the first question that needs it. */
export function startBeside(cli: string | undefined): Beside {
  const products = new Products(cli);
  const losses = new Losses();
  return {
    product: (args, process) => products.run(args, process),
    answer: (question, lab) => {
      if ('product' in question) return products.run(question.product, lab);
      const lost = 'watch' in question ? losses.begun() : losses.of(lab, question.loss);
      return lost.catch((error: unknown) => ({ failed: String(error) }));
    },
    end: async () => {
      products.end();
      await losses.end();
    },
  };
}

/** As many of the product's processes as there are processors; each lab asks one, which has opened its captures already. */
class Products {
  readonly #cli: string | undefined;
  readonly #all: { resident: Resident }[];

  constructor(cli: string | undefined) {
    this.#cli = cli;
    this.#all = Array.from({ length: availableParallelism() }, () => ({ resident: residentOutside(cli) }));
  }

  async run(args: readonly string[], lab: number): Promise<Ran> {
    const one = this.#all[lab % this.#all.length];
    if (one === undefined) throw new Error('no process of the product');
    const ran = await one.resident.run(args, LIMIT_MS);
    if (ran.code === ENDED) one.resident = residentOutside(this.#cli);
    return ran;
  }

  end(): void {
    for (const { resident } of this.#all) resident.end();
  }
}

/** How a process that has ended answers. */
const ENDED = 127;
