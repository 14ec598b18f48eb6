/** Which layer may import which, with the reason: the house's one map of directions. Tests may import anything. */
export type Layer = { readonly name: string; readonly may: readonly string[]; readonly because: string };

export const layers: readonly Layer[] = [
  { name: 'net', may: [], because: 'values such as addresses and prefixes rest on nothing' },
  { name: 'world', may: [], because: 'the list of effects is types only, so that every layer above can be handed one' },
  { name: 'snapshot', may: ['net'], because: 'what was captured knows nothing of what it means' },
  { name: 'facts', may: ['net', 'snapshot'], because: 'a fact is a value with its origin; it knows no format that it is read from' },
  { name: 'parsers', may: ['net', 'snapshot', 'facts'], because: 'a format turns text into facts and knows nobody who uses them' },
  { name: 'change', may: ['net', 'snapshot', 'facts'], because: 'a change is data applied to facts' },
  {
    name: 'dataplane',
    may: ['net', 'snapshot', 'facts'],
    because: 'tables are built from facts alone, so that both engines can stand on them',
  },
  {
    name: 'intent',
    may: ['net', 'snapshot', 'facts', 'change', 'dataplane'],
    because: 'what components should have programmed follows from objects, not from faults',
  },
  {
    name: 'policy',
    may: ['net', 'snapshot', 'facts', 'dataplane'],
    because: 'what policies say of a pair follows from objects and labels, whatever packets do',
  },
  {
    name: 'sim',
    may: ['net', 'snapshot', 'facts', 'dataplane'],
    because: 'the walker does what the kernel does and has no opinion on causes',
  },
  {
    name: 'actions',
    may: ['net', 'snapshot', 'facts', 'change', 'dataplane', 'intent', 'world'],
    because: 'an action changes one thing and knows no fault that uses it',
  },
  {
    name: 'engine',
    may: ['net', 'snapshot', 'facts', 'change', 'intent', 'dataplane', 'policy', 'sim', 'actions'],
    because: 'the engine judges by contract and names no fault',
  },
  {
    name: 'faults',
    may: ['net', 'snapshot', 'facts', 'change', 'intent', 'dataplane', 'policy', 'sim', 'engine', 'actions'],
    because: 'a fault sees contracts, facts, the model and previews',
  },
  {
    name: 'report',
    may: ['net', 'snapshot', 'facts', 'change', 'intent', 'dataplane', 'policy', 'sim', 'engine'],
    because: 'a report words results and computes none',
  },
  {
    name: 'collect',
    may: ['net', 'snapshot', 'facts', 'parsers', 'world'],
    because: 'collectors bring text in; what it means is not theirs',
  },
  {
    name: 'cli',
    may: [
      'net',
      'snapshot',
      'facts',
      'parsers',
      'change',
      'intent',
      'dataplane',
      'policy',
      'sim',
      'engine',
      'faults',
      'report',
      'collect',
      'actions',
      'world',
    ],
    because: 'commands are on top and tie everything together',
  },
];

/** Layers below the effects: no clock, file, network or process, and no package. */
export const core = [
  'net',
  'world',
  'snapshot',
  'facts',
  'parsers',
  'change',
  'dataplane',
  'intent',
  'policy',
  'sim',
  'engine',
  'faults',
  'report',
] as const;
