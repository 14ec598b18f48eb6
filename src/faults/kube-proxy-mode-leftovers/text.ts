import { texts } from '#engine/words';
import { type Addresses, addressesText } from './text-addresses.ts';
import { type Rules, rulesText } from './text-rules.ts';

/** What a finding of this fault is worded from: what was left, and what it does. */
export type Found = Addresses | Rules;

export default texts<Found>({
  en: {
    what: (found) => (found.left === 'rules' ? rulesText.en.what(found) : addressesText.en.what(found)),
    why: (found) => (found.left === 'rules' ? rulesText.en.why(found) : addressesText.en.why(found)),
    fix: (found) => (found.left === 'rules' ? rulesText.en.fix(found) : addressesText.en.fix(found)),
  },
  zh: {
    what: (found) => (found.left === 'rules' ? rulesText.zh.what(found) : addressesText.zh.what(found)),
    why: (found) => (found.left === 'rules' ? rulesText.zh.why(found) : addressesText.zh.why(found)),
    fix: (found) => (found.left === 'rules' ? rulesText.zh.fix(found) : addressesText.zh.fix(found)),
  },
});
