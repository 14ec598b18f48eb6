import type { Job, Report } from './job.ts';
import type { Loss } from './losses.ts';

/** What a lab asks of what stands beside all labs: a command line of the product, that the kernel is watched, or what it lost. */
export type Question = { readonly product: readonly string[] } | { readonly watch: true } | { readonly loss: Loss };

/** What goes into a lab, a line each: its next job, or the answer to a question. */
export type Told = { readonly job: Job } | { readonly answer: unknown; readonly to: number };

/** What comes out of it: how the job went, or a question. */
export type Heard = { readonly report: Report } | { readonly question: Question; readonly as: number };
