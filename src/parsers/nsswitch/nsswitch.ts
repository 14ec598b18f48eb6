import { keptFormat } from '../kept.ts';

/** The order of name look-ups. */
export default keptFormat('nsswitch', '/etc/nsswitch.conf', (head) =>
  /^hosts:\s+\S/m.test(head) && /\b(?:files|dns|resolve|compat)\b/.test(head) && !/[{}]/.test(head) ? 0.7 : 0,
);
