import { Command, CommanderError } from 'commander';
import { FileFailure } from '#world/file-failure';
import { type CommandDefinition, EXIT, type Typed, UsageError, UserError } from './command.ts';
import { commands } from './commands.ts';
import { VERSION } from './version.ts';
import type { World } from './world.ts';

/** Runs one command line and returns the exit status. */
export async function main(argv: readonly string[], world: World, invokedAs = 'leadline'): Promise<number> {
  let status: number = EXIT.fine;
  const program = new Command(invokedAs.startsWith('kubectl-') ? `kubectl ${invokedAs.slice('kubectl-'.length)}` : invokedAs)
    .description("finds why a Kubernetes cluster's network, DNS or control plane fails, proves it, mends it and checks the mend")
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: world.print, writeErr: world.note })
    // with their arguments the names leave no room for what commands do
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(--help tells what it takes)');
  for (const definition of commands) {
    program.addCommand(commandOf(definition, world, (code) => (status = code)));
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    return failure(error, world);
  }
}

function commandOf(definition: CommandDefinition, world: World, done: (status: number) => void): Command {
  const command = new Command(definition.name).summary(definition.summary).description(definition.summary).exitOverride();
  command.configureOutput({ writeOut: world.print, writeErr: world.note });
  definition.configure(command);
  command.action(async () => {
    const typed: Typed = {
      args: command.processedArgs.flat().filter((one): one is string => typeof one === 'string'),
      options: command.opts(),
    };
    done(await definition.act(typed, world, main));
  });
  return command;
}

function failure(error: unknown, world: World): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage; // commander has printed it
  if (error instanceof UsageError) {
    world.note(`leadline: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof UserError || error instanceof FileFailure) {
    world.note(`leadline: ${error.message}`);
    return EXIT.failed;
  }
  world.note(
    `leadline: a fault of Leadline itself, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return EXIT.failed;
}
