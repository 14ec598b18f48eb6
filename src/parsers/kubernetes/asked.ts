import { type Reader, readerOfResource } from './readers.ts';

const VALUED = /^(?:-n|--namespace|-o|--output|--context|--kubeconfig|--as|-l|--selector|--field-selector|-s|--server|--request-timeout)$/;

/** The kinds of object that a `kubectl get` line asks for all of; none where it names objects or picks by labels. */
export function askedFor(argv: readonly string[]): readonly Reader[] {
  const at = argv.indexOf('get');
  if (at < 0 || isPicky(argv)) return [];
  const words = argv.slice(at + 1).filter((word, index, all) => !word.startsWith('-') && !VALUED.test(all[index - 1] ?? ''));
  const [resources = '', ...names] = words;
  if (names.length > 0) return [];
  return resources.split(',').flatMap((word) => readerOfResource(word) ?? []);
}

/** Whether a line asks only for objects that some condition picks. */
export const isPicky = (argv: readonly string[]): boolean =>
  argv.some((word) => word === '-l' || word.startsWith('--selector') || word.startsWith('--field-selector'));

/** Whether it asks for the objects of every namespace. */
export const isEverywhere = (argv: readonly string[]): boolean => argv.some((word) => word === '-A' || word === '--all-namespaces');
