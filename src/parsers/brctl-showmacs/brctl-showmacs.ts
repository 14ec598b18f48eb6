import { defineFormat, type Parsed } from '../format.ts';

const HEAD = /^port no\s+mac addr\s+is local\?\s+ageing timer/;

/** `brctl showmacs` names ports by number only, and without their names an entry is no fact: it says so once. */
function parse(): Parsed {
  return {
    readings: [],
    problems: [{ line: 1, why: 'brctl showmacs numbers the ports and does not name them: bridge fdb show tells the same with names' }],
  };
}

/** `brctl showmacs BRIDGE`. */
export default defineFormat({
  id: 'brctl-showmacs',
  is: '`brctl showmacs`: the learned addresses of a bridge by port number',
  tells: ['fdb'],
  recognise: (head) => (HEAD.test(head.trimStart()) ? 1 : 0),
  parse,
});
