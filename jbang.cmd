@echo off
rem After You's own jbang for Windows: the same as the file jbang beside it, which says more.
setlocal EnableExtensions DisableDelayedExpansion
set "version=0.132.1"
set "sha256=f977075849cff866f45b27997f5671ab8a336a5dd3cf9e702b3479128338f3a7"
set "name=jbang-cli-%version%-all.jar"
if not defined AFTERYOU_CACHE set "AFTERYOU_CACHE=%LOCALAPPDATA%\afteryou"
set "jar=%AFTERYOU_CACHE%\%name%"
if defined JBANG_DIR (set "installed=%JBANG_DIR%\bin\jbang.cmd") else (set "installed=%USERPROFILE%\.jbang\bin\jbang.cmd")

rem As in the file jbang, an alias of the catalog beside this file is known from every folder, and comes before a file or folder of
rem that name, which JBang would take for a script (that one is .\certs). Here only where it is the first word.
set "word=%~1"
set "catalog=%~dp0jbang-catalog.json"
set "aliased="
if not "%catalog:@=%"=="%catalog%" goto :find
set word 2>nul | findstr /r /x "word=[a-z][a-z0-9-]*" >nul || goto :find
findstr /r /c:"^ *.%word%. *: *{" "%catalog%" >nul 2>&1 || goto :find
if /i "%CD%\"=="%~dp0" goto :home
findstr /r /c:"^ *.%word%. *: *{" jbang-catalog.json >nul 2>&1 && goto :find
goto :alias
:home
if not exist "%word%" goto :find
:alias
rem The rest as it was given, with its quotes: "set" shows it, and "for" takes the word off.
set afteryou_given=%*
for /f "tokens=2,* delims== " %%A in ('set afteryou_given') do if "%%A"=="%word%" set aliased="%word%@%catalog%" %%B
if defined aliased "%~f0" %aliased%

:find
rem "where" finds this file too, in the current directory or on the PATH.
set "real="
for /f "delims=" %%J in ('where jbang.cmd jbang.exe 2^>nul') do (
    if not defined real findstr /c:"After You's own jbang" "%%J" >nul 2>&1 || set "real=%%J"
)
if not defined real goto :own
"%real%" %*
exit /b %errorlevel%

:own
set "java=java.exe"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
if "%java%"=="java.exe" where java.exe >nul 2>&1 || goto :nojava
if exist "%jar%" goto :run
where mvn >nul 2>&1 || goto :install

echo jbang: fetching JBang %version% with Maven (first start only) ... 1>&2
set "new=%AFTERYOU_CACHE%\fetch.%RANDOM%%RANDOM%"
mkdir "%new%" 2>nul || goto :unwritable
pushd "%new%"
call mvn -B -q -U -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy "-Dartifact=dev.jbang:jbang-cli:%version%:jar:all" "-DoutputDirectory=%new%" <nul >"%new%\log" 2>&1
popd
if not exist "%new%\%name%" goto :notfetched
certutil -hashfile "%new%\%name%" SHA256 | findstr /i /x "%sha256%" >nul || goto :wrong
move /y "%new%\%name%" "%jar%" >nul
rmdir /s /q "%new%"
if not exist "%jar%" goto :unwritable

:run
set "JBANG_RUNTIME_SHELL=cmd"
set "JBANG_LAUNCH_CMD=%~f0"
set "JBANG_NO_VERSION_CHECK=true"
if not defined JBANG_JAVA_OPTIONS set "JBANG_JAVA_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
rem timeout refuses to run when its input is not a console
2>nul >nul timeout /t 0 && (set "JBANG_STDIN_NOTTY=false") || (set "JBANG_STDIN_NOTTY=true")
set "out=%TEMP%\afteryou.%RANDOM%%RANDOM%.out"
"%java%" %JBANG_JAVA_OPTIONS% -cp "%jar%" dev.jbang.Main %* >"%out%"
set "code=%errorlevel%"
rem 255 says: run what I printed.
if "%code%"=="255" goto :printed
type "%out%"
del /q "%out%"
exit /b %code%

:printed
set "command="
for /f "usebackq delims=" %%C in ("%out%") do if not defined command set "command=%%C"
del /q "%out%"
%command%
exit /b %errorlevel%

:install
rem JBang's documented way without an installation; "version" first, for our arguments may hold quotes.
if exist "%installed%" goto :installed
echo jbang: fetching JBang %version% with its own installer (first start only) ... 1>&2
set "JBANG_DOWNLOAD_VERSION=%version%"
powershell -NoProfile -ExecutionPolicy Bypass -Command "iex \"& { $(iwr -useb https://ps.jbang.dev) } version\"" >nul
if exist "%installed%" goto :installed
echo jbang: could not fetch JBang from https://ps.jbang.dev; try again online, or install Maven or JBang 1>&2
exit /b 69

:installed
"%installed%" %*
exit /b %errorlevel%

:nojava
echo jbang: no Java found, neither in JAVA_HOME nor on the PATH; install a JDK, 17 or newer 1>&2
exit /b 69

:unwritable
echo jbang: cannot write to %AFTERYOU_CACHE%; set AFTERYOU_CACHE to a directory that can be written 1>&2
exit /b 69

:notfetched
echo jbang: could not fetch dev.jbang:jbang-cli:%version%; try again online, or install JBang. Maven said: 1>&2
findstr /c:"ERROR" "%new%\log" 1>&2
rmdir /s /q "%new%"
exit /b 69

:wrong
echo jbang: threw the fetched %name% away: its SHA-256 is not %sha256%; 1>&2
echo jbang: remove dev\jbang\jbang-cli from Maven's local repository and try again, or install JBang 1>&2
rmdir /s /q "%new%"
exit /b 69
