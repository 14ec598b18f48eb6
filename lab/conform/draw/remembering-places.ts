/** Where rules may stand that remember something for the rules after them. */
export const REMEMBERING_PLACES = [
  ['raw', 'PREROUTING'],
  ['mangle', 'FORWARD'],
  ['filter', 'FORWARD'],
  ['filter', 'INPUT'],
  ['mangle', 'POSTROUTING'],
] as const;
