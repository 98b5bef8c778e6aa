/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/pems.h - keys as PEM texts, most of them those that the RFCs print as JWK. Made
 * with Python's cryptography and the openssl command. */
#ifndef JT_UNIT_PEMS_H
#define JT_UNIT_PEMS_H

/* clang-format off */

/* the key of RFC 7515 A.2 */
#define PEM_RSA_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO\n" \
    "jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL\n" \
    "aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn\n" \
    "juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5\n" \
    "ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf\n" \
    "toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg\n" \
    "VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW\n" \
    "PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G\n" \
    "O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj\n" \
    "kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6\n" \
    "XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB\n" \
    "4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K\n" \
    "pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr\n" \
    "0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE\n" \
    "lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6\n" \
    "kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP\n" \
    "rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw\n" \
    "kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp\n" \
    "5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2\n" \
    "9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/\n" \
    "evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG\n" \
    "yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj\n" \
    "OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2\n" \
    "tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3\n" \
    "ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56\n" \
    "03k2+ZQwVK0JKSHuLFkuQ3U=\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_RSA_OLD_PRIVATE \
    "-----BEGIN RSA PRIVATE KEY-----\n" \
    "MIIEowIBAAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0\n" \
    "l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pC\n" \
    "gNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSX\n" \
    "ndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD\n" \
    "Zlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8\n" \
    "q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQABAoIBABKucaRpzQorw35S\n" \
    "bEUAVx8dYXUdZOlJcHtiWQ+dC6V8ljxAHj/PLyzTveyI5QO/xkObCyjIL303l2cf\n" \
    "UhPu2MFaJdjVzqACXuOrLot/eSFvxjvqVidTtAZExqFRJ9mylUVAoLvhowVWmC1O\n" \
    "n95fZCXxTUtxNEG1Xcc7m0rtzJKs45J+N/V9DP1edYH6USyPSWGp6wuA+KgHRnKK\n" \
    "Vf9GRx80JQY7nVNkL17eHoTWEwga+lwi0FEoW9Y7lDtWXYmKBWhUE+U8PGxlJf8f\n" \
    "40493HDw1WRQ/aSLoS4QTp3rn7gYgeHEvfJdkkf0UMhlknlo53M09EFPdadQ4TlU\n" \
    "bjqKc50CgYEA4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH/5IB3jw3bcxGn6QLvnE\n" \
    "tfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw/Py5PJdTJNPY8cQn7ouZ2KKDcmnPG\n" \
    "BY5t7yLc1QlQ5xHdwW1VhvKn+nXqhJTBgIPgtldC+KDV5z+y2XDwGUcCgYEAuQPE\n" \
    "fgmVtjL0Uyyx88GZFF1fOunH3+7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYs\n" \
    "p1ZSe7zFYHj7C6ul7TjeLQeZD/YwD66t62wDmpe/HlB+TnBA+njbglfIsRLtXlnD\n" \
    "zQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdcCgYAHAp9XcCSrn8wVkMVkKdb7\n" \
    "DOX4IKjzdahm+ctDAJN4O/y7OW5FKebvUjdAIt2GuoTZ71iTG+7F0F+lP88jtjP4\n" \
    "U4qe7VHoewl4MKOfXZKTe+YCS1XbNvfgwJ3Ltyl1OH9hWvu2yza7q+d5PCsDzqtm\n" \
    "27kxuvULVeya+TEdAB1ijQKBgQCH/3r6YrVH/uCWGy6bzV1nGNOdjKc9tmkfOJmN\n" \
    "54dxdixdpozCQ6U4OxZrsj3FcOhHBsqAHvX2uuYjagqvo3cOj1TRqNocX40omfCC\n" \
    "Mx3bD1yPPf/6TI2XECva/ggqEY2mYzmIiA5LVVmc5nrybr+lssFKneeyxN2Wq93S\n" \
    "0iJMdQKBgCGHewxzoa1r8ZMD0LETNrToK423K377UCYqXfg5XMclbrjPbEC3YI1Z\n" \
    "NqMtuhdBJqUnBi6tjKMF+34Xf0CUN8ncuXGO2CAYvO8PdyCixHX52ybaDjy1FtCE\n" \
    "6yUXjoKNXKvUm7MWGsAYH6f4IegOetN5NvmUMFStCSkh7ixZLkN1\n" \
    "-----END RSA PRIVATE KEY-----\n"
#define PEM_RSA_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj\n" \
    "NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz\n" \
    "P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo\n" \
    "9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB\n" \
    "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX\n" \
    "FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp\n" \
    "oQIDAQAB\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_RSA_OLD_PUBLIC \
    "-----BEGIN RSA PUBLIC KEY-----\n" \
    "MIIBCgKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0l8W2\n" \
    "6mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMs\n" \
    "D1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5\n" \
    "z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxv\n" \
    "b3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8q2et\n" \
    "hFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQAB\n" \
    "-----END RSA PUBLIC KEY-----\n"

/* the key of RFC 7515 A.3 */
#define PEM_EC_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n" \
    "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n" \
    "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_EC_OLD_PRIVATE \
    "-----BEGIN EC PRIVATE KEY-----\n" \
    "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n" \
    "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n" \
    "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n" \
    "-----END EC PRIVATE KEY-----\n"
#define PEM_EC_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n" \
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n" \
    "-----END PUBLIC KEY-----\n"

/* the key of RFC 7520 3.2, and keys of our own on the other curves */
#define PEM_P384_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAWwCSPqmBuLHY+W2Bn\n" \
    "r0ff2IWGZGyngSWNTaOfoOxfWZsnHWAaFAfGWPumF4mupeahZANiAAQwDsGTKM/F\n" \
    "kpQV+IFnXStOwMwtaV0ZqPLPXBBGTooTLcLIcTgWyfKhwB3HvnV3Huc2eAnrIuFN\n" \
    "CLwJvJ+fwymI+Tdy81cz6VYyTj03mkAUc/tMFugQmm86Kv6kc1KZUnE=\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_P384_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEMA7BkyjPxZKUFfiBZ10rTsDMLWldGajy\n" \
    "z1wQRk6KEy3CyHE4FsnyocAdx751dx7nNngJ6yLhTQi8Cbyfn8MpiPk3cvNXM+lW\n" \
    "Mk49N5pAFHP7TBboEJpvOir+pHNSmVJx\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_P521_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIACFE43av1ypdfWGD5\n" \
    "GgjpHW1fmnatQBh2akdmgLVc0znoq2xytfrNsqKlCsJb0IZkfdPi5umehMosNgn9\n" \
    "8Xf+sm2hgYkDgYYABABymSyzrAjs8+XGPe3sDVGowfee8vgvlPPHN79d55hmcerG\n" \
    "Jf6CV7vQOUZEyqo6r48npFhfu8rQ8kV2IAheXI9CrQHcppR7zoi8V5BIWsl0JzQr\n" \
    "w1+IfYbWWgiTd+JH5guqVeToUB4q2lckrFHWkJAIAz68EKyZm51/XMJRnz/h6h2U\n" \
    "dQ==\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_P521_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAcpkss6wI7PPlxj3t7A1RqMH3nvL4\n" \
    "L5Tzxze/XeeYZnHqxiX+gle70DlGRMqqOq+PJ6RYX7vK0PJFdiAIXlyPQq0B3KaU\n" \
    "e86IvFeQSFrJdCc0K8NfiH2G1loIk3fiR+YLqlXk6FAeKtpXJKxR1pCQCAM+vBCs\n" \
    "mZudf1zCUZ8/4eodlHU=\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_K256_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgeJ+bkSVJmpP4GNBTbd7l\n" \
    "NsEovJC+nBuoXQrs/7/XzPmhRANCAAQ27sgBGff9OgXlMO+OpLz0Xl5RVekfPJ7L\n" \
    "vclmb7/jq+X5eBvaiqIuJA6Q/2y+RPaW7puTxMmzNyOjjgYo4cGX\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_K256_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAENu7IARn3/ToF5TDvjqS89F5eUVXpHzye\n" \
    "y73JZm+/46vl+Xgb2oqiLiQOkP9svkT2lu6bk8TJszcjo44GKOHBlw==\n" \
    "-----END PUBLIC KEY-----\n"

/* the key of RFC 8037 A.1 */
#define PEM_OKP_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_OKP_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n" \
    "-----END PUBLIC KEY-----\n"

/* the key of RFC 8032 7.4, Blank */
#define PEM_ED448_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MEcCAQAwBQYDK2VxBDsEOWyCpWLLgI0Q1jK+ichRPr9skp803fqMn2PJlg7240ij\n" \
    "UoyKP8wvBE45o/xblEkvjwMudUmiAJj5Ww==\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_ED448_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MEMwBQYDK2VxAzoAX9dEm1m0Yf0s54fsYWrUah2hNCSFpw4fig6nXYDpZ3jt8SR2\n" \
    "m0bHBhvWeD3x5Q9s0foavq/oJWGA\n" \
    "-----END PUBLIC KEY-----\n"

/* the key of RFC 7515 A.3 with its curve written out */
#define PEM_EC_EXPLICIT \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n" \
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n" \
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n" \
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n" \
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n" \
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABH/Nzidw9sRdQYPL7m/bS3tY\n" \
    "BzM1e+nvE7rPbjx70VRFx/FEzRu9m36HLN/tue659LNpXW6pCyStikYjKIWI5a0=\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_EC_EXPLICIT_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB\n" \
    "AAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA\n" \
    "///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV\n" \
    "AMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg\n" \
    "9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A\n" \
    "AAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgjpsQnnGQmL+Y\n" \
    "BIffH1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAcz\n" \
    "NXvp7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n" \
    "-----END PRIVATE KEY-----\n"

/* what this build does not know, or refuses */
#define PEM_BRAINPOOL \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABBOm7Hi3xawy1D3++xRopDk0vAvO\n" \
    "aCJUWF1lAxj5XgrIBZs+GZgzIVe1+BJVC+ELLZrrNrOj6HvnhUOGidIV1fg=\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_X25519 \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MCowBQYDK2VuAyEAfz05u8R1XPQ0Fzj9S9uE9X8OSxbJbwiHhkOMnjjYBUI=\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_RSA_PSS \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAMBAOf7uv5VtA40Dn6moJ8Sy\n" \
    "XjgTcImUorrJKtJOY4HKYvCQXC8ghUpoZrFqN77C1WNo/R+7KdiEwW8i0a2sG86P\n" \
    "nqLOzER/yis0yX0a8CJGSUj9KiQ9FAvTmnH6AvmgHkwf2e0kotMuZP0COLUPldwd\n" \
    "ygBDafsHHQZqiHcLbK6RHZxY9m5juLQFqmyGRWQiSbu/bvOFEWkjg8Uoeq8/pmVe\n" \
    "saFRdDbotzAU29DYcj37Ua341j3KbKd1Y/g7jjFziKd52OdW2ry4fKPdLrrpqb4t\n" \
    "aKFNn8sCDTDRVKPdF3HFsMOVGudHmfB/ohG8LZLf7DToXYBvhQ5Ap15/OxLiCekC\n" \
    "AwEAAQ==\n" \
    "-----END PUBLIC KEY-----\n"
#define PEM_RSA_1024 \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDD0wGb3gdz3PfTKTLAxR4+LUME\n" \
    "SvcqWGD1JNNJAaaV6viQ0H3I637qypMIV9v+yk2F2R00LmeAntXM7PSlpQkAxJnf\n" \
    "wryP4fc0vCdPIF0C+iGh7Q2lFcefgrD2mvv/OM8ZEylA3+GPCxQsHr1+eR7B/ztl\n" \
    "yj0JJgImKmJHtiyzSQIDAQAB\n" \
    "-----END PUBLIC KEY-----\n"

/* the key of RFC 7515 A.3 under the password "x" */
#define PEM_EC_ENCRYPTED \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBAOOetifAVNWol4gVXn\n" \
    "EVloAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQwzXPVG13Dn/UsP+j\n" \
    "O57lqASBkHxRHbABRt9cNRYsUXl9wSnih2V/E4zfJufCuSxtMulklkymSqczsRVA\n" \
    "PI8CDnTDHTsJ8PaMmR8FLYbL82UCjmlx2WBu92jeokErgyBYaJLhnz7TeAmtyyTv\n" \
    "P210KnkN0AuSXa91i7WhF5rzavhBZYbQe31dWysVx/spfnQ3HhVdB6LwmvtrrYJS\n" \
    "uq0CCj0mgA==\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"
#define PEM_EC_OLD_ENCRYPTED \
    "-----BEGIN EC PRIVATE KEY-----\n" \
    "Proc-Type: 4,ENCRYPTED\n" \
    "DEK-Info: AES-256-CBC,24F573ED73E07326E09F9A0D7D3D795F\n" \
    "\n" \
    "I1/iYvCJeQztKDncKMouB4jFJvdsWbN7ebECPeryblEQL1Xd+Gqni1J03JKoAbWG\n" \
    "o1WllW0YGnNtkw4ZtWtfhJD9/kth/9EoFT7DlUDUkgOSg30JC06F3RDDEb75YQ3x\n" \
    "2bG/iSqUUwPAD8m2ew+4UjPWMyGQ/yTt+8ZkUH+8UyY=\n" \
    "-----END EC PRIVATE KEY-----\n"
#define PEM_EC_PARAMETERS \
    "-----BEGIN EC PARAMETERS-----\n" \
    "BggqhkjOPQMBBw==\n" \
    "-----END EC PARAMETERS-----\n"
/* clang-format on */

#endif
