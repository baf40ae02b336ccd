/**
 * Electron's main process: a thin shell around the workbench. It reads as the list of what a window needs; each line is a
 * small file of its own. Nothing here runs a loop, parses a file or decides about a command.
 */
import { app } from 'electron';
import { createWorkbench } from '../workbench/workbench';
import { spawnLibrarian } from '../workers/librarianThread';
import { setUpChildWatch } from './childWatch';
import { setUpContentGuards } from './contentGuards';
import { electronDesktop } from './desktop';
import { setUpFaults } from './faults';
import { homeOfThisRun, setupOfThisRun } from './home';
import { setUpMenu } from './menu';
import { setUpOrderlyQuit } from './orderlyQuit';
import { setUpPagePort } from './pagePort';
import { setUpPageProtocol, setUpPageScheme } from './pageProtocol';
import { setUpPermissions } from './permissions';
import { setUpPower } from './power';
import { setUpSingleInstance } from './singleInstance';
import { setUpStopKeys } from './stopKeys';
import { forkControl, spawnLearner } from './utilityProcesses';
import { setUpWindow } from './window';

const faults = setUpFaults(); // first: an error in any line below must not leave a box on the screen and a loop behind it
const home = homeOfThisRun();
app.setPath('userData', home.window);
app.enableSandbox();
setUpPageScheme();

if (setUpSingleInstance()) {
  setUpContentGuards(); // before the first window exists
  void app.whenReady().then(async () => {
    const setup = await setupOfThisRun(home.data);
    const workbench = createWorkbench({
      forkControl,
      spawnLearner,
      spawnLibrarian,
      desktop: electronDesktop,
      now: () => performance.now(),
      home: home.data,
      version: app.getVersion(),
      ...(setup && { setup }),
    });
    faults.protect(workbench, home.data);
    setUpOrderlyQuit(workbench);
    setUpPermissions();
    setUpPageProtocol();
    setUpPagePort(workbench);
    setUpStopKeys(workbench);
    setUpPower(workbench);
    setUpChildWatch(workbench);
    setUpMenu(workbench);
    await setUpWindow(workbench);
  });
}
