@echo off
rem Installs what Command Center lacks on this Windows machine and starts it, with the verbs of setup.sh:
rem   setup.cmd run [ARGS]    setup.cmd test [ARGS]    setup.cmd install    setup.cmd run --from DIR
rem   setup.cmd bundle DIR    setup.cmd rollback       setup.cmd icon [--remove]
rem Without a verb, as by a double click: install. PYTHON names another interpreter (in quotes if it has spaces).
rem ASCII only, because cmd reads this file in the machine's own code page; sentences are in setup\.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "setup=%~dp0setup"
call :find
if defined python goto start
for %%f in ("%~dp0..\..\windows\python-3*-amd64.exe") do set "installer=%%~f"
if not defined installer goto missing
type "%setup%\python-installing.txt"
start "" /wait "%installer%" /passive InstallAllUsers=0 InstallLauncherAllUsers=0 Include_test=0
call :find
if defined python goto start

:missing
type "%setup%\python-missing.txt"
set "status=2"
goto done

:start
call %python% -B "%setup%" windows %*
set "status=%errorlevel%"

:done
if "%~1"=="" pause
exit /b %status%

:find
for %%v in (3.13 3.12 3.14 3.11) do call :try py -%%v
call :try python
for %%v in (313 312 314 311) do call :try "%LOCALAPPDATA%\Programs\Python\Python%%v\python.exe"
exit /b 0

:try
if defined python exit /b 0
call %* -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 set "python=%*"
exit /b 0
