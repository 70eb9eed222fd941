import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const exec = promisify(execFile)

/** A folder outside the checkout, for applications that install the packages. */
export async function createPackageConsumers() {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-consumers-'))
  const tarballs = join(folder, 'tarballs')
  await mkdir(tarballs)
  await runCommand(root, 'npm', 'run', 'build:packages')
  const workspaceFlags = ['--workspaces', '--include-workspace-root']
  await runCommand(
    root,
    'npm',
    'pack',
    ...workspaceFlags,
    '--ignore-scripts',
    '--pack-destination',
    tarballs,
  )
  const packed = await readdir(tarballs)

  const tarballOf = (name: string) => {
    const file = packed.find((one) => one.replace(/-\d.*$/, '') === name)
    if (file === undefined) throw new Error(`no tarball of ${name} among ${packed.join(', ')}`)
    return join(tarballs, file)
  }

  return {
    packed,
    tarballOf,
    /** A folder with this package installed, in the application of that name or in an empty one. */
    async install(name: string, application = 'empty') {
      const installFolder = join(folder, `${application}-${name}`)
      const source = join(root, 'test/soak/consumers', application)
      if (application === 'empty') await mkdir(installFolder)
      else await cp(source, installFolder, { recursive: true })
      if (application === 'empty') await runCommand(installFolder, 'npm', 'init', '--yes')
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund']
      await runCommand(installFolder, 'npm', 'install', ...flags, tarballOf(name))
      return installFolder
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** Returns the output. Throws with the output if the command fails. */
export async function runCommand(cwd: string, command: string, ...parameters: string[]) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, npm_config_userconfig: process.env['npm_config_userconfig'] }
  const { stdout } = await exec(command, parameters, { cwd, env, maxBuffer: 2 ** 24 }).catch(
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`${[command, ...parameters].join(' ')} failed in ${cwd}:\n${stdout}${stderr}`)
    },
  )
  return stdout
}

/** The names of the packages in this folder's node_modules. */
export async function packagesIn(installFolder: string): Promise<string[]> {
  const paths = await runCommand(installFolder, 'npm', 'ls', '--all', '--parseable')
  const names = paths.split('\n').flatMap((path) => path.split('/node_modules/').slice(1).at(-1))
  return names.filter((name) => name !== undefined).sort()
}
