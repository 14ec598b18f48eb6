import { construct } from '../construct.ts';

/** `sctp chunk data exists`, `… missing` (since 5.14). */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => {
    const [name, chunks] = dice.pick([
      ['init', ['INIT']],
      ['data', ['SACK', 'DATA']],
      ['cookie-echo', ['COOKIE_ECHO', 'DATA']],
      ['abort', ['ABORT']],
    ] as const);
    return { text: `sctp chunk ${name} ${dice.pick(['exists', 'exists', 'missing'])}`, protocol: 'sctp', aims: [{ chunks }, {}] };
  },
});
