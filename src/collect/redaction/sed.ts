import { REDACTED } from '#snapshot/redacted';
import {
  AFTER_NAMES,
  ENVIRONMENT,
  EVERYWHERE,
  IN_IPTABLES_RULES,
  IPTABLES_RULE,
  NUMBER_OF_A_SETTING,
  KEY_BEGINS,
  LOGIN,
  KEY_ENDS,
  type Rule,
} from './rules.ts';

const escaped = (pattern: string): string => pattern.replaceAll('/', '\\/');
const replacing = ({ from, to }: Rule): string => `s/${escaped(from)}/${escaped(to)}/g`;
const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/**
 * The sed program (extended regular expressions) that every captured byte goes through on the node, before anything is
 * written. `mark` begins the lines of the stream's own frame: a private key without an end is cut there.
 */
export const redactionOf = (mark: string): string =>
  [
    `/${KEY_BEGINS}/,/(${KEY_ENDS}|^${mark} end )/{`,
    `  /^${mark} /!s/.*/${REDACTED}/`,
    '}',
    `/${escaped(NUMBER_OF_A_SETTING)}/b`, // a third of all lines
    `/^${mark} (begin|end)/b`,
    ...EVERYWHERE.map(replacing),
    `/${escaped(LOGIN.line)}/${replacing(LOGIN.rule)}`,
    `/${ENVIRONMENT.line}/{`,
    `  /${ENVIRONMENT.kept}/!${replacing(ENVIRONMENT.rule)}`,
    '}',
    `/${IPTABLES_RULE}/{`,
    `  /${AFTER_NAMES.line}/{`,
    ...indented(indented(IN_IPTABLES_RULES.map(replacing))),
    '  }',
    '  b',
    '}',
    `/${AFTER_NAMES.line}/{`,
    ...indented(AFTER_NAMES.rules.map(replacing)),
    `  /${AFTER_NAMES.argument}/{`,
    '    n',
    `    /^arg /s/.*/arg ${REDACTED}/`,
    '  }',
    '}',
  ].join('\n');
