# cmake -DOUT=x.c -DNAME=symbol -DFILE=text -P embed.cmake: the file as the bytes of a C string.
file(READ "${FILE}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUT}" "#include \"conformance.h\"\nconst char ${NAME}[] = {\n${bytes}0 };\n")
