import type { Language } from '#engine/words';
import { textOption, type Typed, UsageError } from './command.ts';
import type { World } from './world.ts';

/** The reader's language: as asked for, else as the terminal's locale says. */
export function languageOf(options: Typed['options'], world: World): Language {
  const asked = textOption(options, 'lang');
  if (asked === 'en' || asked === 'zh') return asked;
  if (asked !== undefined) throw new UsageError(`--lang takes en or zh, not ${JSON.stringify(asked)}`);
  return /^zh/i.test(world.env.LC_ALL ?? world.env.LC_MESSAGES ?? world.env.LANG ?? '') ? 'zh' : 'en';
}
