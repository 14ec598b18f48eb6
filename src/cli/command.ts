import type { Command } from 'commander';
import type { World } from './world.ts';

/** What a user typed for one command: its arguments in order (variadic ones flattened) and its options by camel-case name. */
export type Typed = { readonly args: readonly string[]; readonly options: Readonly<Record<string, unknown>> };

/** One command of the command line. `act` returns the exit status. */
export type CommandDefinition = {
  readonly name: string;
  readonly summary: string;
  /** Declares arguments and options. */
  readonly configure: (command: Command) => void;
  readonly act: (typed: Typed, world: World, leadline: Leadline) => Promise<number>;
};

/** The whole command line again, for a command that runs others. */
export type Leadline = (argv: readonly string[], world: World) => Promise<number>;

export const defineCommand = (command: CommandDefinition): CommandDefinition => command;

/** Exit statuses of all commands. */
export const EXIT = {
  /** Nothing at or above `--fail-on`. */
  fine: 0,
  /** Leadline itself failed. */
  failed: 1,
  /** The call was wrong. */
  usage: 2,
  /** Errors were found. */
  errors: 3,
  /** Warnings were found, with `--fail-on warning`. */
  warnings: 4,
  /** Something asked for with `--require` could not be judged. */
  unjudged: 5,
} as const;

/** A wrong call: what, why and what to do, in one message for the user. */
export class UsageError extends Error {}

/** Something that a user can mend (a file that is not there, a broken archive): shown without a stack. */
export class UserError extends Error {}

export const textOption = (options: Typed['options'], name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export const flagOption = (options: Typed['options'], name: string): boolean => options[name] === true;

/** A numeric option; a text that is no number is a usage error that names it. */
export function numberOption(options: Typed['options'], name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${name} takes a number, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** An option that takes one of a few words; another word is a usage error that names them. */
export function choiceOption<W extends string>(options: Typed['options'], name: string, words: readonly [W, ...W[]]): W {
  const text = textOption(options, name);
  const chosen = text === undefined ? words[0] : words.find((word) => word === text);
  if (chosen !== undefined) return chosen;
  const typed = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${typed} takes ${words.join(' or ')}, not ${JSON.stringify(text)}`);
}

/** Gathers an option that may stand several times. */
export const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const listOption = (options: Typed['options'], name: string): readonly string[] => {
  const value = options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : typeof value === 'string' ? [value] : [];
};
