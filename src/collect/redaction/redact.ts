import { REDACTED } from '#snapshot/redacted';
import {
  AFTER_NAMES,
  ENVIRONMENT,
  EVERYWHERE,
  IN_IPTABLES_RULES,
  IPTABLES_RULE,
  KEY_BEGINS,
  KEY_ENDS,
  LOGIN,
  type Rule,
  SECRETS_FLAG,
} from './rules.ts';

/**
 * Words have an end here, and are tried from their beginning only: a hostile line may be one word of a megabyte, and this
 * engine would try it again from each of its letters.
 */
const bounded = (pattern: string): string =>
  pattern.replace(/(\[A-Za-z[^\]]*\])\*/g, '$1{0,200}').replace(/^\((?=\[A-Za-z0-9_.-\]\{0,200\})/, '(?<![A-Za-z0-9_.-])(');

/** An extended regular expression of POSIX as JavaScript writes it: classes and backslashes in brackets differ. */
function regular(pattern: string, flags = ''): RegExp {
  const inBrackets = /\[\^?(?:\[:space:\]|[^\]])+\]/g;
  return new RegExp(
    bounded(pattern).replace(inBrackets, (bracket) =>
      bracket
        .replaceAll('\\', '\\\\')
        .replace(/-(?=\[:space:\])/, '\\-')
        .replaceAll('[:space:]', '\\s'),
    ),
    flags,
  );
}

type Compiled = { readonly from: RegExp; readonly to: string };

const compiled = ({ from, to }: Rule): Compiled => ({ from: regular(from, 'g'), to: to.replace(/\\(\d)/g, '$$$1') });
const applied = (line: string, rules: readonly Compiled[]): string => rules.reduce((text, { from, to }) => text.replace(from, to), line);

const everywhere = EVERYWHERE.map(compiled);
const inIptablesRules = IN_IPTABLES_RULES.map(compiled);
const afterNames = AFTER_NAMES.rules.map(compiled);
const environment = { line: regular(ENVIRONMENT.line), kept: regular(ENVIRONMENT.kept), rules: [compiled(ENVIRONMENT.rule)] };
const login = { line: regular(LOGIN.line), rules: [compiled(LOGIN.rule)] };
const iptablesRule = regular(IPTABLES_RULE);
const named = regular(AFTER_NAMES.line);
const argument = regular(AFTER_NAMES.argument);
const secretsFlag = regular(SECRETS_FLAG);
const keyBegins = regular(KEY_BEGINS);
const keyEnds = regular(KEY_ENDS);

/** A text without secrets, by the same rules as on a node: for what is brought in from elsewhere. Lines keep their numbers. */
export function redact(text: string): string {
  let inKey = false;
  let valueNext = false;
  const lines = text.split('\n').map((line) => {
    if (inKey || keyBegins.test(line)) {
      inKey = !keyEnds.test(line);
      return REDACTED;
    }
    if (valueNext && line.startsWith('arg ')) {
      valueNext = false;
      return `arg ${REDACTED}`;
    }
    const out = redactLine(line);
    valueNext = argument.test(out);
    return out;
  });
  return lines.join('\n');
}

/** Whether a word is a flag whose value, the next word, is a secret. */
export const isSecretsFlag = (word: string): boolean => secretsFlag.test(word);

function redactLine(line: string): string {
  const bare = applied(line, everywhere);
  const plain = login.line.test(bare) ? applied(bare, login.rules) : bare;
  const unit = environment.line.test(plain) && !environment.kept.test(plain) ? applied(plain, environment.rules) : plain;
  return named.test(unit) ? applied(unit, iptablesRule.test(unit) ? inIptablesRules : afterNames) : unit;
}
