import type { everyLookup, LookupBranch } from '#sim/dns/every-lookup';
import type { WireQuery } from '#sim/dns/lookup';

type Prediction = ReturnType<typeof everyLookup>;

const endOf = ({ outcome }: WireQuery): string =>
  `${outcome.received.destination}: ${outcome.disposition === 'delivered' ? 'delivered' : `${outcome.disposition}, ${outcome.reason.says}`}`;

/** The prediction as its schema (docs/schemas/dns-prediction.schema.json) tells it. */
export const predictionJson = ({ branches, complete }: Prediction) => ({
  client: 'glibc',
  complete,
  branches: branches.map(({ lookup, choices, probability }) => ({
    probability,
    result: lookup.result,
    afterMs: lookup.afterMs,
    choices: choices.map(({ at, of, scope, picked, probability: chance }) => ({ at, of, scope, picked, probability: chance })),
    queries: lookup.queries.map((query) => ({
      atMs: query.at,
      type: query.type,
      server: query.server,
      sourcePort: query.sourcePort,
      to: query.outcome.received.destination,
      answeredAfterMs: query.answeredAfter,
      ends: query.outcome.disposition,
    })),
  })),
});

/** The prediction as a timeline: each way that it can go, with its chance. */
export function predictionText({ branches, complete }: Prediction): string {
  const lines = branches.flatMap(branchLines);
  return [...lines, ...(complete ? [] : ['(there are more ways than can be listed)'])].join('\n');
}

function branchLines({ lookup, choices, probability }: LookupBranch): readonly string[] {
  const chance = probability === null ? 'chance unknown' : `${Math.round(probability * 1000) / 10} %`;
  const port = new Set(lookup.queries.map(({ sourcePort }) => sourcePort)).size === 1 ? ', all from one source port' : '';
  return [
    `${chance}: ${lookup.result} after ${lookup.afterMs / 1000} s${port}`,
    ...choices.map(({ at, picked, scope }) => `   chosen once per ${scope}: ${at}: ${picked}`),
    ...lookup.queries.map((query) => {
      const answer = query.answeredAfter === null ? 'no answer' : 'answered';
      return `   ${(query.at / 1000).toFixed(3).padStart(7)} s  ${query.type.padEnd(4)} :${query.sourcePort} → ${query.server}  ${answer} (${endOf(query)})`;
    }),
  ];
}
