# cmake/packages.sh: what quickstart.sh and test.sh need from Debian; sourced by both.
packages_build="gcc g++ cmake ninja-build python3 libc6-dev libiniparser-dev zlib1g-dev libcjson-dev libopenblas-openmp-dev"
packages_test="libcmocka-dev locales pkg-config valgrind"

# install_missing PACKAGE...: installs those that are absent, as root or through sudo; otherwise prints the line to type and ends with 1.
install_missing()
{
    missing=""
    for package in "$@"; do
        case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
        *" installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -z "$missing" ] && return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "These Debian packages, or what your system calls them, are needed:$missing" >&2
        exit 1
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
        as_root="sudo"
    else
        echo "Please install what is missing, then run this again:" >&2
        echo "  apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    echo "installing$missing"
    # shellcheck disable=SC2086
    $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
        echo "Installing failed.  Please run:" >&2
        echo "  apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    }
}

# configure_and_build DIRECTORY CMAKE-OPTION...: a folder keeps the generator that it was made with.
configure_and_build()
{
    folder=$1
    shift
    generator="Unix Makefiles"
    command -v ninja >/dev/null 2>&1 && generator=Ninja
    [ -f "$folder/CMakeCache.txt" ] && generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$folder/CMakeCache.txt")
    mkdir -p "$folder"
    cmake -S . -B "$folder" -G "$generator" "$@" >"$folder/build.log" 2>&1 &&
        cmake --build "$folder" --parallel "$(nproc)" >>"$folder/build.log" 2>&1 || {
        tail -n 40 "$folder/build.log" >&2
        echo "building failed; all of it is in $folder/build.log" >&2
        exit 1
    }
}
